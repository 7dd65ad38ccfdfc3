"""How this house adds to what markdown-it renders."""

from collections.abc import Callable, MutableMapping, Sequence
from typing import Any

from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

Env = MutableMapping[str, Any]


def of_token(render: Callable[[Token, Env], str]) -> Callable[..., str]:
    """A render rule that looks at its token and at what the caller gave along, and at nothing else."""

    def rule(_renderer: RendererProtocol, tokens: Sequence[Token], index: int, _options: OptionsDict, env: Env) -> str:
        return render(tokens[index], env)

    return rule
