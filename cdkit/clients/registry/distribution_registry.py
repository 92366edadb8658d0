"""The client of registries."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

from cdkit.clients.image_config import ImageSettings
from cdkit.clients.registry.address import Address
from cdkit.clients.registry.connections import Connections
from cdkit.clients.registry.endpoint import Endpoint
from cdkit.clients.registry.image import RemoteImage
from cdkit.clients.registry.logins import Login, Logins
from cdkit.clients.registry.manifest import Configuration, Platform
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Clock, SystemClock
from cdkit.models.container import ImageConfig
from cdkit.models.image import Credentials
from cdkit.ports.image_engine import OnProgress
from cdkit.ports.registry import USUAL_PLATFORM


class DistributionRegistry:
    """Registries that speak the distribution specification, as `cdkit.ports.registry.Registry` describes them.

    Nothing is asked of any before the first use. May be shared by threads.

    Args:
        environ: where logins, proxies, certificate authorities and insecure registries are looked up; None is our own
            environment.
        clock: the time.
    """

    def __init__(self, environ: Mapping[str, str] | None = None, clock: Clock | None = None) -> None:
        known = os.environ if environ is None else environ
        self._clock = clock or SystemClock()
        self._connections = Connections(known)
        self._logins = Logins(known)
        self._lock = threading.Lock()
        self._endpoints: dict[tuple[str, Credentials | None], Endpoint] = {}

    def digest(
        self, reference: str, *, credentials: Credentials | None = None, cancellation: Cancellation | None = None
    ) -> str | None:
        """The digest by which a reference is served now, or None when the registry has no such image. One request.

        Raises:
            RegistryUnreachable, AccessDenied: as their names say.
        """
        return self._image(reference, credentials, cancellation).digest()

    def platforms(
        self, reference: str, *, credentials: Credentials | None = None, cancellation: Cancellation | None = None
    ) -> tuple[str, ...] | None:
        """The platforms of a reference, as `linux/amd64` or `linux/arm64/v8`; None when the registry has no such image.

        Raises:
            RegistryUnreachable, AccessDenied: as their names say.
        """
        image = self._image(reference, credentials, cancellation)
        manifest = image.manifest()
        if manifest is None:
            return None
        if manifest.config is not None:
            return (str(image.config(manifest.config, Platform)),)
        there = [entry.platform for entry in manifest.manifests if entry.platform is not None]
        return tuple(str(platform) for platform in there if platform.is_known)

    def image_id(
        self, reference: str, *, credentials: Credentials | None = None, cancellation: Cancellation | None = None
    ) -> str | None:
        """The digest of an image's configuration, which is its id on an engine; an index has its own digest as its id.

        None when the registry has no such image.

        Raises:
            RegistryUnreachable, AccessDenied: as their names say.
        """
        manifest = self._image(reference, credentials, cancellation).manifest()
        if manifest is None:
            return None
        return manifest.config.digest if manifest.config else manifest.digest

    def config(
        self,
        reference: str,
        *,
        platform: str = USUAL_PLATFORM,
        credentials: Credentials | None = None,
        cancellation: Cancellation | None = None,
    ) -> ImageConfig | None:
        """How an image is run; None when the registry has no such image.

        Raises:
            RegistryUnreachable, AccessDenied: as their names say.
        """
        image = self._image(reference, credentials, cancellation)
        manifest = image.manifest_of(platform)
        if manifest is None or manifest.config is None:
            return None
        said = image.config(manifest.config, Configuration)
        return (said.config or ImageSettings()).described(str(said))

    def copy(
        self,
        source: str,
        target: str,
        *,
        source_credentials: Credentials | None = None,
        credentials: Credentials | None = None,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> str:
        """Let a registry serve an image under a further name, without an engine; gives its digest, which it keeps.

        Raises:
            ObjectNotFound: there is no image `source`.
            RegistryUnreachable, AccessDenied, RequestRejected: as their names say.
        """
        from cdkit.clients.registry.copying import ImageCopy

        here = self._image(source, source_credentials, cancellation)
        there = self._image(target, credentials, cancellation)
        same_account = here.endpoint is there.endpoint
        way = ImageCopy(here, there, may_mount=same_account, on_progress=on_progress, clock=self._clock)
        return way.perform()

    def _image(self, reference: str, credentials: Credentials | None, cancellation: Cancellation | None) -> RemoteImage:
        endpoint = self._endpoint(Address.of(reference).host, credentials)
        return RemoteImage(endpoint, reference, cancellation or Cancellation())

    def _endpoint(self, host: str, credentials: Credentials | None) -> Endpoint:
        def find_login() -> Login | None:
            return Login.of(credentials) if credentials else self._logins.find(host)

        with self._lock:
            key = (host, credentials)
            if key not in self._endpoints:
                self._endpoints[key] = Endpoint(host, self._connections, find_login, self._clock)
            return self._endpoints[key]
