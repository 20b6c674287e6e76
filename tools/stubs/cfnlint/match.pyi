class Match:
    path: list[str | int]
