"""What a template must show of AWS Elastic Beanstalk environments."""

from __future__ import annotations

from hipaa_constructs.rules._launches import listed
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import Outcome, all_met
from hipaa_constructs.rules._rule import Severity, rule

ENVIRONMENT = "AWS::ElasticBeanstalk::Environment"
TEMPLATE = "AWS::ElasticBeanstalk::ConfigurationTemplate"
_GUIDE = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/"
_ACTIONS = "aws:elasticbeanstalk:managedactions"
_UPDATES = "aws:elasticbeanstalk:managedactions:platformupdate"
_HEALTH = "aws:elasticbeanstalk:healthreporting:system"


@rule(
    title="the platform of every environment is updated by itself",
    fix="set in OptionSettings ManagedActionsEnabled of aws:elasticbeanstalk:managedactions to true, and UpdateLevel "
    "of aws:elasticbeanstalk:managedactions:platformupdate to minor or patch",
    applies_to=(ENVIRONMENT,),
    controls=("164.308(a)(5)(ii)(A)",),
    requirement="HC-344",
    same_as=(
        "cdk-nag:HIPAA.Security-ElasticBeanstalkManagedUpdatesEnabled",
        "config:elastic-beanstalk-managed-updates-enabled",
        "prowler:elasticbeanstalk_environment_managed_updates_enabled",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "environment-platform-update-managed.html",
)
def elastic_beanstalk_updates_itself(environment: Resource) -> Outcome:
    """Judge the options of the environment, and of its template where it says nothing itself."""
    return all_met(
        [
            _option(environment, _ACTIONS, "ManagedActionsEnabled", "true"),
            _option(environment, _UPDATES, "UpdateLevel", "minor", "patch"),
        ]
    )


@rule(
    title="the health of every environment is reported in full",
    fix="set in OptionSettings SystemType of aws:elasticbeanstalk:healthreporting:system to enhanced",
    applies_to=(ENVIRONMENT,),
    controls=("164.312(b)",),
    requirement="HC-344",
    same_as=(
        "cdk-nag:HIPAA.Security-ElasticBeanstalkEnhancedHealthReportingEnabled",
        "config:beanstalk-enhanced-health-reporting-enabled",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "health-enhanced.html",
)
def elastic_beanstalk_health_enhanced(environment: Resource) -> Outcome:
    """Judge the option of the environment, and of its template where it says nothing itself."""
    return _option(environment, _HEALTH, "SystemType", "enhanced")


def _option(environment: Resource, namespace: str, name: str, *wanted: str) -> Outcome:
    own, hidden = _values(environment, namespace, name)
    template = environment.at("TemplateName")
    place = environment.at("OptionSettings")
    if not own and not hidden and not template.is_absent:
        target = template.target()
        if target is None or target.type != TEMPLATE:
            return place.undecided("its configuration template decides, which is not in the templates")
        own, hidden = _values(target, namespace, name)
    if own:
        return all_met(_one_of(place, value, name, wanted) for value in own)
    return place.undecided() if hidden else place.broken(f"without {name}")


def _one_of(place: Node, value: Node, name: str, wanted: tuple[str, ...]) -> Outcome:
    # A value in another resource has a path there, so the finding names the settings.
    outcome = value.must_be(*wanted, *((True,) if "true" in wanted else ()))
    return type(outcome)(outcome.verdict, place.path, outcome.found and f"{name}: {outcome.found}")


def _values(resource: Resource, namespace: str, name: str) -> tuple[list[Node], bool]:
    """Return the values of an option, and whether an intrinsic function may hide one."""
    settings = listed(resource.at("OptionSettings"))
    found = []
    hidden = False
    for setting in settings:
        space, option = setting.at("Namespace"), setting.at("OptionName")
        if space.value == namespace and option.value == name:
            found.append(setting.at("Value"))
        elif (space.value == namespace or space.may_be(namespace)) and (option.value == name or option.may_be(name)):
            hidden = True
    return found, hidden
