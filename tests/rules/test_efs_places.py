"""What else is judged of file systems: paths, subnets and keys."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, PARAMETER, UNDECIDED, partly, resource, template, verdict


@pytest.mark.parametrize(
    ("path", "wanted"),
    [("/records", MET), ("/", BROKEN), (PARAMETER, UNDECIDED), (partly("/"), UNDECIDED), (partly("x"), MET)],
)
def test_the_directory_of_an_access_point_decides(path: Json, wanted: str) -> None:
    point = resource("AWS::EFS::AccessPoint", {"RootDirectory": {"Path": path}})
    assert verdict("EfsAccessPointEnforcesRoot", template({"It": point})) == wanted


@pytest.mark.parametrize(("kind", "wanted"), [("AWS::EC2::InternetGateway", BROKEN), ("AWS::EC2::VPNGateway", MET)])
def test_a_mount_target_is_in_a_private_subnet(kind: str, wanted: str) -> None:
    body = template(
        {
            "It": resource("AWS::EFS::MountTarget", {"SubnetId": {"Ref": "Subnet"}}),
            "Subnet": resource("AWS::EC2::Subnet", {"VpcId": "vpc-1"}),
            "Table": resource("AWS::EC2::RouteTable", {"VpcId": "vpc-1"}),
            "Join": resource(
                "AWS::EC2::SubnetRouteTableAssociation",
                {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Table"}},
            ),
            "Route": resource(
                "AWS::EC2::Route",
                {
                    "RouteTableId": {"Ref": "Table"},
                    "DestinationCidrBlock": "0.0.0.0/0",
                    "GatewayId": {"Ref": "Gateway"},
                },
            ),
            "Gateway": resource(kind),
        }
    )
    assert verdict("EfsMountTargetPrivate", body) == wanted


@pytest.mark.parametrize(("key", "wanted"), [("alias/records", MET), ("alias/aws/elasticfilesystem", BROKEN)])
def test_a_copy_may_be_encrypted_under_an_alias_of_ones_own(key: str, wanted: str) -> None:
    destination: Json = {"Destinations": [{"Region": "us-west-2", "KmsKeyId": key}]}
    body = template({"It": resource("AWS::EFS::FileSystem", {"ReplicationConfiguration": destination})})
    assert verdict("EfsReplicated", body) == wanted
