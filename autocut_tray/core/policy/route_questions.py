"""What a route takes, how long a scene takes on it, and what could stand in for it: as this machine knows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from autocut_tray.core.policy.detection import Detection
from autocut_tray.core.policy.figures import Figures, MachineFigures
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.local_models import smaller_models
from autocut_tray.core.policy.model_choice import settings_for
from autocut_tray.core.policy.policy import ExecutionPolicy, Route
from autocut_tray.core.policy.wishes import Wishes
from autocut_tray.core.runtime.profile import Backend, RuntimeProfile


class RouteQuestions:
    """Asks the profile of now and the figures measured so far; answers None where nobody knows."""

    def __init__(
        self, detection: Detection, figures: Callable[[], Figures], asked: Callable[[], Wishes]
    ) -> None:
        """``asked``: what the settings of this moment wish."""
        self._detection = detection
        self._figures = figures
        self._asked = asked

    def needs(self, route: Route) -> tuple[float | None, float | None]:
        """What the route's model takes on its tier, VRAM and RAM in MiB."""
        return needs(self._detection.profile, self._figures(), route)

    def expected_seconds(self, route: Route) -> float | None:
        """A scene on this route, as measured here, else by the known figures."""
        return expected_seconds(self._detection.profile, self._figures(), route)

    def usual_seconds(self, tier: Tier) -> float | None:
        """What a scene takes on this tier when nothing is wrong."""
        policy = self._detection.policy
        route = policy.route(tier) if policy is not None else None
        return self.expected_seconds(route) if route is not None else None

    def smaller(self, route: Route) -> str | None:
        """The vision model of the same server that needs less, if there is one."""
        profile = self._detection.profile
        if profile is None or not isinstance(route.backend, Backend):
            return None
        found = smaller_models(profile, route.backend, route.model)
        return next((pick.model.name for pick in found if pick.backend is route.backend), None)

    def others(self, policy: ExecutionPolicy, usual: Route) -> tuple[Route, ...]:
        """What else could describe scenes where ``usual`` is too slow, preferred first: a smaller model on its tier,
        unless the person named one, and the cloud where the policy has leave to use it."""
        wishes = self._asked()
        found: list[Route] = []
        smaller = self.smaller(usual) if usual.tier.local and not wishes.names_model(usual.backend) else None
        if smaller is not None:
            found.append(replace(usual, model=smaller))
        cloud = policy.route(Tier.CLOUD)
        if cloud is not None and cloud != usual:
            found.insert(0 if wishes.prefer_cloud else len(found), cloud)
        return tuple(found)

    def settings_for_model(self, backend: Backend, name: str) -> Mapping[str, str]:
        """The settings that make this model describe scenes; none while nothing is known about the machine."""
        profile = self._detection.profile
        return {} if profile is None else settings_for(profile, self._asked(), self._figures(), backend, name)

    def resolved_again(self) -> ExecutionPolicy | None:
        """The policy by the settings of this moment."""
        self._detection.resolve_again()
        return self._detection.policy


def needs(
    profile: RuntimeProfile | None, figures: Figures, route: Route
) -> tuple[float | None, float | None]:
    """What the route's model takes on its tier, VRAM and RAM in MiB; None where nothing is known."""
    if profile is None:
        return None, None
    known = MachineFigures(profile, figures).memory_on(route)
    need = None if known is None else known.expected
    return (need, None) if route.tier is Tier.GPU else (None, need)


def expected_seconds(profile: RuntimeProfile | None, figures: Figures, route: Route) -> float | None:
    """A scene on this route, as measured here, else by the known figures; None where nobody has measured one."""
    known = None if profile is None else MachineFigures(profile, figures).seconds(route)
    return None if known is None else known.expected
