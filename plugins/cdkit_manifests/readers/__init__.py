"""Readers: one module, or one folder, a kind of metadata. A reader gives facts; it never decides what is made of them.

Their order is that in which equally sure facts count: first what the project's own language says, JavaScript last of
the languages, since many a project of another language has a package.json for its assets; then the image, then how it
is run elsewhere, and last what only describes it.
"""

from __future__ import annotations

from cdkit.api import ProjectReader


def own_readers() -> list[ProjectReader]:
    """The readers of cdkit itself. Those that name no files describe a project, and do not tell what it is."""
    from cdkit_manifests.readers import (
        app_json,
        checkout,
        compose,
        crontab,
        dotenv,
        dotnet,
        go,
        java,
        license_file,
        node,
        php,
        procfile,
        python,
        readme,
        ruby,
        rust,
        static,
    )
    from cdkit_manifests.readers.docker import dockerfile
    from cdkit_manifests.reading.folder import DOCKERFILES

    return [
        *python.READERS,
        *java.READERS,
        ProjectReader("go.mod", (go.FILE,), go.read, 20),
        ProjectReader("Cargo.toml", (rust.FILE,), rust.read, 21),
        ProjectReader("ruby", ruby.FILES, ruby.read, 22),
        ProjectReader("composer.json", (php.FILE,), php.read, 23),
        ProjectReader(".net", dotnet.FILES, dotnet.read, 24),
        *node.READERS,
        ProjectReader("static", static.FILES, static.read, 45),
        ProjectReader("Procfile", (procfile.FILE,), procfile.read, 50),
        ProjectReader("app.json", (app_json.FILE,), app_json.read, 51),
        ProjectReader("crontab", (crontab.FILE,), crontab.read, 52),
        ProjectReader("Dockerfile", DOCKERFILES, dockerfile.read, 60),
        ProjectReader("compose", compose.FILES, compose.read, 70),
        ProjectReader("dotenv", (), dotenv.read, 71),
        ProjectReader("checkout", (), checkout.read, 80),
        ProjectReader("licence", (), license_file.read, 81),
        ProjectReader("readme", (), readme.read, 82),
    ]
