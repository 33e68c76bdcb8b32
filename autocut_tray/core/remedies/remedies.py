"""Carries out what the button of a recommendation says, in the background, one at a time per action."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field, replace
from typing import TYPE_CHECKING

from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.clock import Clock
from autocut_tray.core.errors import AutoCutError, Cancelled
from autocut_tray.core.events import EventBus
from autocut_tray.core.frozen import frozen
from autocut_tray.core.memory.residency import Resident
from autocut_tray.core.messages import Message, message
from autocut_tray.core.policy import models
from autocut_tray.core.policy.model_choice import chosen_in
from autocut_tray.core.policy.policy import Action, ActionKind
from autocut_tray.core.policy.recommend import OLLAMA_PAGE
from autocut_tray.core.remedies.failures import failure
from autocut_tray.core.remedies.progress import Progress
from autocut_tray.core.remedies.state import Phase, RemedyChanged, RemedyState
from autocut_tray.core.remedies.throttle import Throttle
from autocut_tray.core.remedies.words import lmstudio_words, pull_words
from autocut_tray.core.runtime.explain import SERVER_TITLES
from autocut_tray.core.runtime.probes.machine import Machine
from autocut_tray.core.runtime.profile import Backend

if TYPE_CHECKING:
    from autocut_tray.core.remedies.launch import Launch, Started
    from autocut_tray.core.remedies.model_disk import ModelDisk

log = logging.getLogger(__name__)

PAGES = frozenset({OLLAMA_PAGE})
"""The only addresses that are ever opened: those of our own recommendations."""

PUBLISH_SECONDS = 0.5
"""Progress is told at most this often, the last of it always; a change of stage at once."""

CLOSE_SECONDS = 3.0
"""How long an end of the program waits for what is under way. Downloads obey within 0.2 s."""

_HUGGING_FACE = "https://huggingface.co/"

_MACHINE_AS_BEFORE = frozenset({ActionKind.OPEN_PAGE, ActionKind.USE_MODEL})
"""What leaves nothing new to detect: whoever listens to the settings looks again by himself."""


def open_in_browser(address: str) -> bool:
    """Show a page in the person's browser; False when there is none."""
    import webbrowser  # late: nobody needs it until a page is asked for

    return webbrowser.open(address)


def start_process(launch: Launch) -> Started:
    """See :func:`autocut_tray.core.remedies.launch.spawn`."""
    from autocut_tray.core.remedies.launch import spawn  # late, as all that only a button needs

    return spawn(launch)


def disk_of_ollama(machine: Machine) -> ModelDisk:
    """Where Ollama keeps its models on this machine."""
    from autocut_tray.core.remedies.model_disk import ModelDisk, ollama_folders

    return ModelDisk(ollama_folders(machine))


@frozen
class Hands:
    """What remedies act with.

    ``address``: root address and token of a server on this machine, None for one elsewhere. ``unload`` asks the
    servers to let our models go and returns them; ``loaded`` lists what a server holds, None when it does not say;
    ``vram_used``: bytes of the card in use, None when unknown. ``detect`` looks at the machine again. ``use_model``
    makes an installed model describe scenes from now on; it raises AutoCutError. ``disk``: where Ollama keeps its
    models, None to check no room.
    """

    address: Callable[[Backend], tuple[str, str | None] | None]
    unload: Callable[[], Sequence[Resident]]
    loaded: Callable[[Backend], Sequence[Resident] | None]
    detect: Callable[[], None]
    use_model: Callable[[Backend, str], None]
    vram_used: Callable[[], int | None] = lambda: None
    open_page: Callable[[str], bool] = open_in_browser
    spawn: Callable[[Launch], Started] = start_process
    machine: Callable[[], Machine] = Machine.this
    disk: Callable[[Machine], ModelDisk | None] = disk_of_ollama


class Remedies:
    """The remedies under way and how the earlier ones ended. Every method may be called from any thread.

    What each kind of action does: PULL_MODEL downloads a model, with Ollama when the argument is a name, in LM Studio
    when it is an address of Hugging Face; USE_MODEL chooses an installed one in the settings. START_SERVER,
    FREE_VRAM, OPEN_PAGE and DETECT_AGAIN say what they do. The others are the window's.
    """

    kinds = frozenset(
        {
            ActionKind.PULL_MODEL,
            ActionKind.START_SERVER,
            ActionKind.FREE_VRAM,
            ActionKind.USE_MODEL,
            ActionKind.OPEN_PAGE,
            ActionKind.DETECT_AGAIN,
        }
    )

    def __init__(self, hands: Hands, bus: EventBus, clock: Clock) -> None:
        self._hands = hands
        self._bus = bus
        self._clock = clock
        self._lock = threading.Lock()
        self._runs: dict[Action, _Run] = {}
        self._states: dict[Action, RemedyState] = {}
        self._started: list[Started] = []
        self._closed = False
        self._works: Mapping[ActionKind, Callable[[_Run], Message]] = {
            ActionKind.PULL_MODEL: self._download,
            ActionKind.START_SERVER: self._start_server,
            ActionKind.FREE_VRAM: self._free_vram,
            ActionKind.USE_MODEL: self._use_model,
            ActionKind.OPEN_PAGE: self._open_page,
            ActionKind.DETECT_AGAIN: self._detect_again,
        }

    @property
    def states(self) -> tuple[RemedyState, ...]:
        """Of every action tried in this session, oldest first."""
        with self._lock:
            return tuple(self._states.values())

    def state(self, action: Action) -> RemedyState | None:
        with self._lock:
            return self._states.get(action)

    def start(self, action: Action) -> RemedyState:
        """Begin and return at once; what is under way already goes on.

        Raises ValueError for an action that is the window's or has no sense, Cancelled after :meth:`close`.
        """
        _check(action, self.kinds)
        with self._lock:
            if self._closed:
                raise Cancelled
            if action in self._runs:
                return self._states[action]
            state = RemedyState(action, Phase.RUNNING, _beginning(action), can_cancel=_can_cancel(action))
            run = _Run(self, state, self._clock)
            run.thread.start()
            self._runs[action] = run
            self._states[action] = state
        return state

    def cancel(self, action: Action) -> None:
        """Stop it, or where it cannot be stopped, stop watching it; does not wait."""
        with self._lock:
            run = self._runs.get(action)
        if run is not None:
            run.cancel.cancel()

    def forget(self, action: Action) -> None:
        """Drop how an action ended, so that its card starts anew."""
        with self._lock:
            if action not in self._runs:
                self._states.pop(action, None)

    def close(self) -> None:
        """Cancel everything and wait for it; no remedy starts any more. Started servers go on running."""
        with self._lock:
            self._closed = True
            runs = tuple(self._runs.values())
        for run in runs:
            run.cancel.cancel()
        until = self._clock.monotonic() + CLOSE_SECONDS
        for run in runs:
            run.thread.join(max(0.0, until - self._clock.monotonic()))
            if run.thread.is_alive():
                log.warning("%s does not end", run.thread.name)
        self._reap()

    # -- one run, in its thread

    def work(self, run: _Run) -> None:
        """Do it, and publish how it begins and ends."""
        action = run.state.action
        self.tell(run.state)
        try:
            said = self._works[action.kind](run)
            end = replace(run.state, phase=Phase.DONE, message=said)
            if action.kind not in _MACHINE_AS_BEFORE:
                self._hands.detect()
        except Cancelled:
            end = replace(run.state, phase=Phase.CANCELLED, message=_cancelled(action))
        except AutoCutError as error:
            log.info("%s failed: %s", action, error)
            end = replace(
                run.state,
                phase=Phase.FAILED,
                message=error.message,
                hint=error.hint,
                error_code=error.code,
                detail=error.detail,
            )
        except Exception as error:
            log.exception("%s failed", action)
            end = replace(
                run.state,
                phase=Phase.FAILED,
                message=message("error-internal"),
                error_code="internal",
                detail=type(error).__name__,
            )
        run.progress.close()
        end = replace(end, can_cancel=False)
        with self._lock:
            del self._runs[action]
            self._states[action] = end
        self.tell(end)

    def note(self, state: RemedyState) -> None:
        """Keep the newest state for those who ask."""
        with self._lock:
            self._states[state.action] = state

    def tell(self, state: RemedyState) -> None:
        """Tell it to those who listen."""
        self._bus.publish(RemedyChanged(state))

    # -- the acts

    def _download(self, run: _Run) -> Message:
        name = _argument(run)
        if name.startswith(_HUGGING_FACE):
            return self._download_in_lmstudio(run, name)
        from autocut_tray.core.remedies.pull import OllamaPull  # late: it brings the HTTP client

        title = models.title(name)
        address = self._hands.address(Backend.OLLAMA)
        if address is None:
            raise failure("pull_remote", model=title, name=name)
        pull = OllamaPull(address[0], name, self._clock, self._hands.disk(self._hands.machine()))
        pulled = pull.run(lambda progress: run.report(progress, pull_words(progress, title)), run.cancel)
        return message("remedy-pull-current" if pulled.was_current else "remedy-pull-done", model=title)

    def _download_in_lmstudio(self, run: _Run, name: str) -> Message:
        from autocut_tray.core.remedies.lmstudio_download import LmStudioDownload, short_name

        address = self._hands.address(Backend.LMSTUDIO)
        title = short_name(name)
        if address is None:
            raise failure("start_remote", server=SERVER_TITLES[Backend.LMSTUDIO])
        download = LmStudioDownload(address[0], address[1], name, self._clock)
        came = download.run(
            lambda progress: run.report(progress, lmstudio_words(progress, title)), run.cancel
        )
        return message("remedy-pull-done" if came else "remedy-pull-current", model=title)

    def _start_server(self, run: _Run) -> Message:
        from autocut_tray.core.remedies.server_start import ServerStart

        backend = Backend(_argument(run))
        title = SERVER_TITLES[backend]
        address = self._hands.address(backend)
        if address is None:
            raise failure("start_remote", server=title)
        start = ServerStart(backend, address[0], self._hands.machine(), self._clock, self._spawn)
        started = start.run(run.cancel)
        return message("remedy-start-done" if started else "remedy-start-running", server=title)

    def _spawn(self, launch: Launch) -> Started:
        """Start it and remember it, so that its end is asked after."""
        self._reap()
        process = self._hands.spawn(launch)
        with self._lock:
            self._started.append(process)
        return process

    def _free_vram(self, run: _Run) -> Message:
        from autocut_tray.core.remedies.free_vram import free_vram, say

        backend = Backend(_argument(run))
        freed = free_vram(
            backend,
            unload=self._hands.unload,
            loaded=self._hands.loaded,
            vram_used=self._hands.vram_used,
            clock=self._clock,
            cancel=run.cancel,
        )
        return say(backend, freed)

    def _use_model(self, run: _Run) -> Message:
        backend, name = chosen_in(_argument(run))
        self._hands.use_model(backend, name)
        return message("remedy-model-used", model=models.title(name))

    def _open_page(self, run: _Run) -> Message:
        address = _argument(run)
        if address not in PAGES or not address.startswith("https://"):
            raise failure("page_not_ours", address)
        if not self._hands.open_page(address):
            raise failure("page_not_opened", address=address)
        return message("remedy-page-done")

    def _detect_again(self, run: _Run) -> Message:
        return message("remedy-detect-done")

    def _reap(self) -> None:
        """Ask after the processes that were started: one that ended would stay a zombie."""
        with self._lock:
            self._started = [process for process in self._started if process.poll() is None]


@dataclass(slots=True, eq=False)
class _Run:
    """One action under way; its state is written by its own thread only."""

    remedies: Remedies
    state: RemedyState
    clock: InitVar[Clock]
    cancel: CancelToken = field(default_factory=CancelToken)
    thread: threading.Thread = field(init=False)
    progress: Throttle[RemedyState] = field(init=False)

    def __post_init__(self, clock: Clock) -> None:
        name = f"remedy {self.state.code}"
        self.thread = threading.Thread(target=lambda: self.remedies.work(self), name=name)
        self.progress = Throttle(self.remedies.tell, clock, PUBLISH_SECONDS, f"{name} progress")

    def report(self, progress: Progress, said: Message) -> None:
        """Keep it, and publish it: at once when the stage is another, else when it is time."""
        before = self.state.progress
        self.state = replace(self.state, progress=progress, message=said)
        self.remedies.note(self.state)
        self.progress.put(self.state, at_once=before is None or before.stage is not progress.stage)


def _check(action: Action, kinds: frozenset[ActionKind]) -> None:
    """Raises ValueError for what no recommendation of ours asks of this service."""
    if action.kind not in kinds or (not action.argument and action.kind is not ActionKind.DETECT_AGAIN):
        raise ValueError(f"not an action for here: {action}")
    if action.kind in (ActionKind.START_SERVER, ActionKind.FREE_VRAM):
        Backend(action.argument)
    if action.kind is ActionKind.USE_MODEL:
        chosen_in(action.argument or "")


def _argument(run: _Run) -> str:
    assert run.state.argument, "start() refuses actions without one"
    return run.state.argument


def _can_cancel(action: Action) -> bool:
    """LM Studio has no way to stop a download; the rest is over at once."""
    if action.kind is ActionKind.PULL_MODEL:
        return not (action.argument or "").startswith(_HUGGING_FACE)
    return action.kind is ActionKind.START_SERVER


def _beginning(action: Action) -> Message:
    name = action.argument or ""
    match action.kind:
        case ActionKind.PULL_MODEL:
            return message("remedy-pull-preparing", model=_model_title(name))
        case ActionKind.START_SERVER:
            return message("remedy-start-running-up", server=_server_title(name))
        case ActionKind.FREE_VRAM:
            return message("remedy-freeing", server=_server_title(name))
        case ActionKind.USE_MODEL:
            return message("remedy-model-choosing", model=models.title(chosen_in(name)[1]))
        case ActionKind.OPEN_PAGE:
            return message("remedy-page-opening")
        case _:
            return message("remedy-detect-done")


def _cancelled(action: Action) -> Message:
    name = action.argument or ""
    if action.kind is ActionKind.PULL_MODEL:
        goes_on = name.startswith(_HUGGING_FACE)
        code = "remedy-lmstudio-goes-on" if goes_on else "remedy-pull-cancelled"
        return message(code, model=_model_title(name))
    if action.kind is ActionKind.START_SERVER:
        return message("remedy-start-cancelled", server=_server_title(name))
    return message("error-cancelled")


def _model_title(name: str) -> str:
    return name.rstrip("/").rsplit("/", 1)[-1] if name.startswith(_HUGGING_FACE) else models.title(name)


def _server_title(name: str) -> str:
    known = {backend.value: title for backend, title in SERVER_TITLES.items()}
    return known.get(name, name)
