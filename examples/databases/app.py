"""A PostgreSQL database with a read replica, and a cluster of Aurora, in a private network."""

import aws_cdk as cdk
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager

from hipaa_constructs import EncryptedSecret, FlowLoggedVpc, HipaaAuroraCluster, HipaaRdsInstance, enforce

app = cdk.App()
stack = cdk.Stack(app, "Databases", termination_protection=True)
vpc = FlowLoggedVpc(stack, "Network", endpoints="standard").vpc

# RDS makes no replica of a database whose password it manages itself.
rotation = secretsmanager.HostedRotation.postgre_sql_single_user(vpc=vpc, exclude_characters="/@\"' \\")
generated = secretsmanager.SecretStringGenerator(
    secret_string_template='{"username": "postgres"}', generate_string_key="password", exclude_characters="/@\"' \\"
)
password = EncryptedSecret(stack, "Password", hosted_rotation=rotation, generate_secret_string=generated)
postgres = rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_17_6)
records = HipaaRdsInstance(stack, "Records", engine=postgres, vpc=vpc, master_secret=password)
records.connections.allow_default_port_from(rotation, "Rotates the password")
records.add_read_replica("Replica")

aurora = rds.DatabaseClusterEngine.aurora_postgres(version=rds.AuroraPostgresEngineVersion.VER_16_8)
HipaaAuroraCluster(stack, "Visits", engine=aurora, vpc=vpc)

enforce(app)
app.synth()
