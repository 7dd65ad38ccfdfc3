"""What the live page shows."""

from collections.abc import Sequence

from accounts.models import User
from collab.watch import fleet, numbers
from collab.watch.fleet import State
from collab.watch.history import Minute, last_hour
from collab.watch.models import Fault
from collab.watch.plots import Line, Plot, plot
from rooms.models import Delivery

#: Faults and mails that are listed.
MOST = 12
#: A node and whoever hears it may wait so long, in seconds, before anybody notices.
SLOW = 0.1


def overview(user: User) -> dict[str, object]:
    """Nodes, plots, mails and faults, as this member of the staff may see them."""
    nodes, minutes, people, tasks = fleet.nodes(), last_hour(), numbers.people_online(), numbers.celery()
    serving = [each for each in nodes if each.is_there]
    may_see_mails = user.has_perm("rooms.view_delivery")
    failed = Delivery.objects.filter(state__in=[Delivery.State.DEAD, Delivery.State.RETRYING])
    return {
        "nodes": nodes,
        "serving": sum(each.state is State.SERVING for each in nodes),
        # With Redis away each node still knows its own: whoever is on two counts twice.
        "people": sum(each.report.people for each in serving) if people is None else people,
        "sockets": sum(each.report.sockets for each in serving),
        "builds": {each.node.build for each in serving},
        "plots": plots(minutes),
        "queue": tasks.waiting if tasks else None,
        "mails": [(Delivery.State(state).label, count) for state, (count, _) in numbers.by_state().items()],
        "failed": failed.select_related("user", "invitation").order_by("-pk")[:MOST] if may_see_mails else [],
        "faults": Fault.objects.order_by("-last_at")[:MOST],
        "may_see_mails": may_see_mails,
        "may_drain": user.has_perm("watch.change_node"),
        "may_send": user.has_perm("rooms.change_delivery"),
        "slow": SLOW,
    }


def plots(minutes: Sequence[Minute]) -> list[Plot]:
    """The last hour: what was said, how fast it came, who was there."""
    # The newest minute is not over.
    past = minutes[:-1]
    return [
        plot(
            "From commit to screen",
            "ms",
            [
                Line("half within", "is-main", [_ms(minute.p50) for minute in past]),
                Line("99 of 100 within", "is-second", [_ms(minute.p99) for minute in past]),
            ],
        ),
        plot("Changes of rooms", "/s", [Line("stored", "is-main", [_a_second(each, each.events) for each in past])]),
        plot("Deliveries", "/s", [Line("sent", "is-main", [_a_second(each, each.deliveries) for each in past])]),
        plot(
            "People, node by node added up",
            "",
            [Line("people", "is-main", [sum(each.people.values()) if each.is_known else None for each in past])],
        ),
    ]


def _a_second(minute: Minute, count: int) -> float | None:
    return count / 60 if minute.is_known else None


def _ms(seconds: float | None) -> float | None:
    return seconds * 1000 if seconds is not None else None
