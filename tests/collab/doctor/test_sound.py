"""Nothing is found amiss in a site that is well, and no machine is blamed for being small."""

from collab.doctor.finding import Level
from tests.collab.doctor.living import LivingSite

#: What no test can make well: they are of the machine that it runs on.
OF_MACHINE = {"disk", "inodes", "open-files", "backlog", "memory"}
#: What this site has not: Sentinels.
ABSENT = {"sentinels"}


def test_a_sound_site_has_no_finding(living: LivingSite) -> None:
    found = living.findings()
    assert {
        name: each.says for name, each in found.items() if each.level is not Level.FINE and name not in OF_MACHINE
    }.keys() == ABSENT


def test_before_the_start_nothing_is_asked_of_nodes(living: LivingSite) -> None:
    found = living.findings(starts_later=True)
    unknown = {name for name, each in found.items() if each.says == "the site does not run yet"}
    assert {"public-address", "websocket", "forwarded-for", "page", "worker", "beat"} <= unknown
    assert {each.level for name, each in found.items() if name not in unknown | OF_MACHINE | ABSENT} == {Level.FINE}
