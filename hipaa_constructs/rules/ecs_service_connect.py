"""What a template must show of the traffic between the services of Amazon ECS."""

from __future__ import annotations

from hipaa_constructs.rules._launches import listed
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import NOT_APPLICABLE, Outcome, Verdict, all_met
from hipaa_constructs.rules._rule import rule
from hipaa_constructs.rules.ecs import SERVICE

_PLAINTEXT = ("http", "http2", "grpc")


@rule(
    title="what services of a namespace say to each other is encrypted",
    fix="set Tls of each service in ServiceConnectConfiguration.Services: IssuerCertificateAuthority and RoleArn",
    applies_to=(SERVICE,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-156",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-tls.html",
)
def ecs_service_connect_encrypted(service: Resource) -> Outcome:
    """Judge each service that Service Connect offers; on a port without a protocol the program may speak TLS itself."""
    configured = service.at("ServiceConnectConfiguration")
    if configured.is_unknown:
        return configured.undecided()
    offered = listed(configured.at("Services"))
    if not offered or configured.at("Enabled").value in (False, "false"):
        return NOT_APPLICABLE
    task = service.at("TaskDefinition").target()
    return all_met(_encrypted(one, task) for one in offered)


def _encrypted(offered: Node, task: Resource | None) -> Outcome:
    if not isinstance(offered.value, dict):
        return offered.undecided() if offered.is_unknown else offered.broken()
    authority = offered.at("Tls", "IssuerCertificateAuthority", "AwsPcaAuthorityArn").must_be_set()
    if authority.verdict is not Verdict.BROKEN:
        return authority
    place = offered.at("Tls")
    protocols = [mapping.at("AppProtocol").value for mapping in _mappings(task, offered.at("PortName"))]
    if any(protocol in _PLAINTEXT for protocol in protocols):
        return place.broken("absent, on a port of HTTP")
    return place.undecided("the program may speak TLS itself")


def _mappings(task: Resource | None, name: Node) -> list[Node]:
    if task is None or name.text is None:
        return []
    found = task.each("ContainerDefinitions", "*", "PortMappings", "*")
    return [mapping for mapping in found if mapping.at("Name").text == name.text]
