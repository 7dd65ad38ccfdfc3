"""What `/metrics` answers, and what was counted in between."""

from channels.testing import HttpCommunicator
from prometheus_client.parser import text_string_to_metric_families

Headers = list[tuple[bytes, bytes]]


async def ask(headers: Headers | None = None, client: tuple[str, int] = ("127.0.0.1", 5)) -> tuple[int, str]:
    """The status and the text that the application of this process answers."""
    from collab.asgi import application

    asking = HttpCommunicator(application, "GET", "/metrics", headers=headers or [])
    asking.scope["client"] = client
    answer = await asking.get_response()
    return answer["status"], answer["body"].decode()


async def values() -> dict[str, float]:
    """Every sample of this process, by name and labels."""
    _, text = await ask()
    return samples(text)


def samples(text: str, *kinds: str) -> dict[str, float]:
    """Every sample, by name and labels; of metrics of these kinds alone, where any is named."""
    return {
        name_of(sample.name, **sample.labels): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not kinds or family.type in kinds
    }


def name_of(name: str, **labels: str) -> str:
    """What a sample is called here."""
    return f"{name}{sorted(labels.items()) or ''}"


class Counted:
    """What this process counts from some moment on.

    Args:
        before: every sample of that moment.
    """

    def __init__(self, before: dict[str, float]) -> None:
        self._before = before

    async def more(self, name: str, **labels: str) -> float:
        """By how much a counter has gone up."""
        full = name_of(f"collab_{name}_total", **labels)
        return (await values()).get(full, 0) - self._before.get(full, 0)
