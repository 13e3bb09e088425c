"""``hir-data serve``: rewards over HTTP."""

import contextlib
import os
from typing import TYPE_CHECKING

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.outcome import cli_errors, warn
from hir_data.schemas.english import number_of

if TYPE_CHECKING:
    from hir_data.rewards.config import ServeConfig

TOKEN = "HIR_DATA_SERVE_TOKEN"


@command(
    example="hir-data serve --port 8008 --workers 4 --score cla",
    docs="how-to/serve.md",
    config="hir_data.rewards.config:ServeConfig",
)
def serve(*, config: "ServeConfig") -> None:
    """Serve constraints as a reward over HTTP.

    Answers our own JSON at /verify and /reward, OpenRLHF at /get_reward, slime at /rm and NeMo Gym at
    /verify. Ends with exit code 0 on Ctrl-C or SIGTERM, after the requests that are under way.
    """
    with cli_errors():
        from hir_data.engine.shared_pool import SharedPool
        from hir_data.rewards.server import RewardService, app_of, listen, serve_on

        options.load(config.plugin)
        token = _token(config)
        with contextlib.ExitStack() as stack:
            judge = stack.enter_context(options.judge(config))
            pool = SharedPool(config.workers or options.cpus(), config.timeout)
            stack.callback(pool.close)
            service = RewardService(config, pool, judge, token)
            app_of(service)  # whether all is installed, before anything takes time
            listening = stack.enter_context(listen(config.host, config.port))
            pool.warm()
            host, port = listening.getsockname()[:2]
            if not _is_loopback(host) and token is None:
                warn(f"anybody who reaches {host} can ask this server: set {TOKEN} to ask for a token")
            shown = f"[{host}]" if ":" in host else host
            workers = number_of(pool.workers, "worker process", "worker processes")
            typer.echo(f"serving on http://{shown}:{port} with {workers}")
            serve_on(listening, service)
            typer.echo("stopped")


def _token(config: "ServeConfig") -> str | None:
    from hir_data.errors import ServeError

    if config.token_file is None:
        return os.environ.get(TOKEN) or None
    try:
        token = config.token_file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise ServeError(f"--token-file {config.token_file}: {error}") from None
    if not token:
        raise ServeError(f"--token-file {config.token_file}: there is no token in it")
    return token


def _is_loopback(host: str) -> bool:
    import ipaddress

    return ipaddress.ip_address(host.partition("%")[0]).is_loopback
