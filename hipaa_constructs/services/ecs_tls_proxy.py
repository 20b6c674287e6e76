"""Amazon ECS: TLS up to the task for a program that speaks plain HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.services._tokens import is_unresolved

_DIGEST = re.compile(r".+@sha256:[0-9a-f]{64}")
_FOLDER = "/tmp"

_CONFIGURATION = """\
worker_processes auto;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  server_tokens off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  client_max_body_size {body};
  map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
  server {{
    listen {port} ssl;
    ssl_certificate {folder}/tls.crt;
    ssl_certificate_key {folder}/tls.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:tls:1m;
    location / {{
      proxy_pass http://127.0.0.1:{target};
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_read_timeout {timeout}s;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $http_x_forwarded_for;
      proxy_set_header X-Forwarded-Port $http_x_forwarded_port;
      proxy_set_header X-Forwarded-Proto https;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
    }}
  }}
}}
"""

_START = f"""\
set -eu
umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=localhost \
-keyout {_FOLDER}/tls.key -out {_FOLDER}/tls.crt 2>/dev/null
printf '%s' "$NGINX_CONFIGURATION" > {_FOLDER}/nginx.conf
exec nginx -c {_FOLDER}/nginx.conf -g 'daemon off;'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsProxy:
    """A container of nginx that ends TLS in the task, and hands requests on to the program beside it.

    The load balancer encrypts up to the task, and does not ask who signed the certificate: the network of a VPC does
    not let anybody take the task's address. So the proxy makes a certificate of its own at each start, whose key lives
    in the task's memory and nowhere else. From there to the program, requests never leave the task. Nothing is built:
    the configuration stands in the template.

    AWS: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html

    Attributes:
        image: nginx with a shell and openssl, as the images based on Debian that nginx publishes, by digest:
            ``public.ecr.aws/docker/library/nginx@sha256:…``. In a network without internet, from a registry of yours.
        port: that it listens on; by default 8443.
        user: whom it runs as; by default 101:101, who is nginx in nginx's own images.
        cpu: units of 1/1024 CPU; by default as much as the task leaves it.
        memory_limit_mib: MiB after which it is stopped; by default 128.
        largest_body_mib: MiB of the largest request body that it takes; by default 100.
        timeout_seconds: how long the program may be silent; by default 60 seconds.
    """

    image: str
    port: int = 8443
    user: str = "101:101"
    cpu: int | None = None
    memory_limit_mib: int = 128
    largest_body_mib: int = 100
    timeout_seconds: int = 60

    def __post_init__(self) -> None:
        """Refuse an image that may be another one tomorrow.

        Raises:
            ComplianceError: the image is not named by its digest.
        """
        if not isinstance(self.image, str) or not (is_unresolved(self.image) or _DIGEST.fullmatch(self.image)):
            raise ComplianceError(
                f"TlsProxy: image must be named by its digest, NAME@sha256:…, got {self.image!r}; what ends TLS must "
                "not change without a deployment (164.312(c)(1))"
            )

    def configuration(self, target: int) -> str:
        """Return the configuration of nginx.

        Args:
            target: the port that the program listens on.
        """
        return _CONFIGURATION.format(
            folder=_FOLDER,
            port=self.port,
            target=target,
            body=f"{self.largest_body_mib}m",
            timeout=self.timeout_seconds,
        )

    @property
    def start(self) -> str:
        """The script that the container runs."""
        return _START
