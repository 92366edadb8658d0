"""Secrets that would end up in an image are found, and what only looks like one is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit_images.context import visible_entries
from cdkit_images.dockerfile import parse_dockerfile
from cdkit_images.dockerignore import IgnoreRules
from cdkit_images.leaks import Leak, find_leaks, leak_problems

KEY = "-----BEGIN " + "OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n"
GITHUB = "ghp_" + "a1B2" * 9
KUBECONFIG = "apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    client-key-data: LS0tLS1CRUdJTiBSU0E=\n"


def leaks(folder: Path, dockerfile: str = "FROM scratch\n", **args: str) -> list[Leak]:
    entries = visible_entries(folder, IgnoreRules(), ["."])
    return list(find_leaks(folder, entries, parse_dockerfile(dockerfile), args))


FOUND = [
    (".npmrc", "//npm.example.org/:_authToken=npm_0123456789abcdef\n"),
    ("web/.npmrc", "_auth = aGVsbG86d29ybGQ=\n"),
    (".yarnrc.yml", 'npmAuthToken: "0123456789abcdef"\n'),
    (".pypirc", "[pypi]\nusername = __token__\npassword = pypi-AgEIcHlwaS5vcmc\n"),
    ("pip.conf", "[global]\nindex-url = https://user:hunter22@pypi.example.org/simple\n"),
    (".netrc", "machine example.org login me password hunter22\n"),
    (".docker/config.json", '{"auths": {"registry.example": {"auth": "dXNlcjpwYXNz"}}}'),
    ("auth.json", '{"http-basic": {"repo.example": {"username": "a", "password": "hunter22"}}}'),
    ("settings.xml", "<server><password>hunter22</password></server>"),
    (".git-credentials", "https://me:hunter22@example.org\n"),
    (".git/config", "[http]\n\textraheader = AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46\n"),
    (".git/config", '[remote "origin"]\n\turl = https://oauth2:hunter22@example.org/a.git\n'),
    (".pgpass", "db.example:5432:shop:me:hunter22\n"),
    (".aws/credentials", "[default]\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfi\n"),
    ("service-account.json", '{"type": "service_account", "private_key": "-----BEGIN ' + 'PRIVATE KEY-----"}'),
    ("shop-credentials.json", '{"type": "authorized_user", "refresh_token": "1//0abc"}'),
    (".terraformrc", 'credentials "app.terraform.io" {\n  token = "abc.atlasv1.def"\n}\n'),
    (".vault-token", "hvs.CAESIJ\n"),
    ("kubeconfig", KUBECONFIG),
    ("deploy/prod.kubeconfig.yaml", KUBECONFIG),
    (".kube/config", "users:\n- user:\n    token: eyJhbGciOi\n"),
    ("id_ed25519", KEY),
    ("certs/server.key", KEY),
    ("certs/all.pem", "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n" + KEY),
    ("key.asc", "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----\n"),
    (".env", "DEBUG=1\nDB_PASSWORD=hunter22\n"),
    (".env.production", f"GITHUB={GITHUB}\n"),
    ("config/.env", "export STRIPE_API_KEY='9f8e7d6c5b4a'\n"),
    ("gradle.properties", "signing.password=hunter22\n"),
    ("secrets.yaml", "database:\n  adminPassword: hunter22\n"),
]


@pytest.mark.parametrize(("path", "content"), FOUND)
def test_a_file_with_a_login_or_a_key_is_found(tmp_path: Path, path: str, content: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(content)
    assert [leak.where for leak in leaks(tmp_path)] == [path]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (".npmrc", "//npm.example.org/:_authToken=${NPM_TOKEN}\nregistry=https://npm.example.org\n"),
        (".npmrc", "save-exact=true\n"),
        (".yarnrc.yml", 'npmAuthToken: "${NPM_TOKEN}"\n'),
        (".pypirc", "[pypi]\nrepository = https://pypi.example.org\n"),
        ("pip.conf", "index-url = https://pypi.example.org/simple\n"),
        (".netrc", "machine example.org login me password ${PASSWORD}\n"),
        (".docker/config.json", '{"auths": {"registry.example": {}}, "credsStore": "desktop"}'),
        ("config.json", '{"auth": "dXNlcjpwYXNz"}'),
        ("settings.xml", "<server><password>${env.PASSWORD}</password></server>"),
        (".git/config", '[remote "origin"]\n\turl = https://example.org/a.git\n'),
        (".git/config", '[remote "origin"]\n\turl = git@example.org:a.git\n'),
        ("kubeconfig", "apiVersion: v1\nkind: Config\nclusters: []\n"),
        ("docs/kubeconfig.md", KUBECONFIG),
        ("id_ed25519.pub", "ssh-ed25519 AAAA me\n"),
        ("certs/ca.pem", "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"),
        ("certs/public.key", "-----BEGIN PUBLIC KEY-----\nMII\n"),
        ("notes.txt", KEY),
        (".env", "DEBUG=1\nDB_PASSWORD=\nAPI_TOKEN=${API_TOKEN}\nSECRET_KEY=changeme\nTOKEN_URL=https://a.example/t\n"),
        (".env.example", "DB_PASSWORD=hunter22\n"),
        (".env.local.sample", "DB_PASSWORD=hunter22\n"),
        ("env.py", "DB_PASSWORD = 'hunter22'\n"),
        ("package.json", '{"private_key": "-----BEGIN"}'),
        ("translations/credentials.json", '{"title": "Your credentials"}'),
        ("secrets.yaml", "token_ttl: 3600\npassword_file: /run/secrets/db\n"),
    ],
)
def test_a_place_for_a_secret_is_no_secret(tmp_path: Path, path: str, content: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(content)
    assert leaks(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NPM_TOKEN", "0123456789abcdef"),
        ("DB_PASSWORD", "hunter22"),
        ("dbPassword", "hunter22"),
        ("api-key", "9f8e7d6c5b4a"),
        ("ANYTHING", GITHUB),
        ("ANYTHING", "AKIA" + "IOSFODNN7REALKEY"[:16]),
        ("PIP_INDEX_URL", "https://me:hunter22@pypi.example.org/simple"),
        ("SSH_KEY", KEY),
    ],
)
def test_an_argument_with_a_secret_is_found(tmp_path: Path, name: str, value: str) -> None:
    assert [leak.where for leak in leaks(tmp_path, **{name: value})] == [name]


@pytest.mark.parametrize(
    ("what", "token"),
    [
        ("a private key", KEY),
        ("a GitHub token", GITHUB),
        ("a GitHub token", "github_pat_" + "a1B2" * 13),
        ("a GitLab token", "glpat-" + "a1B2" * 5),
        ("an npm token", "npm_" + "a1B2" * 9),
        ("a PyPI token", "pypi-AgE" + "a1B2" * 13),
        ("a Docker Hub token", "dckr_pat_" + "a1B2" * 5),
        ("an AWS access key", "AKIA" + "A1B2" * 4),
        ("an AWS access key", "ASIA" + "A1B2" * 4),
        ("a Google API key", "AIza" + "a1B2" * 8 + "a1B"),
        ("a Slack token", "xoxb-" + "a1B2" * 3),
        ("a Stripe key", "sk_live_" + "a1B2" * 4),
        ("a password in a URL", "https://me:hunter22@example.org"),
    ],
)
def test_a_token_is_known_by_its_form(tmp_path: Path, what: str, token: str) -> None:
    assert [leak.what for leak in leaks(tmp_path, ANYTHING=f"behind {token}")] == [what]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VERSION", "1.2.3"),
        ("TOKEN_URL", "https://example.org/token"),
        ("PASSWORD_FILE", "/run/secrets/password"),
        ("DB_PASSWORD", "postgres"),
        ("DB_PASSWORD", "change-me"),
        ("API_TOKEN", ""),
        ("SECRET", "/run/secrets/a"),
        ("USE_TOKEN", "true"),
        ("KEYBOARD", "qwertz-layout"),
        ("DATABASE_URL", "postgres://postgres:postgres@db/shop"),
        ("EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ("COMMIT", "860c1904a1ce19322e91ac35af1ab07466440c37"),
    ],
)
def test_an_argument_without_a_secret_is_left_alone(tmp_path: Path, name: str, value: str) -> None:
    assert leaks(tmp_path, **{name: value}) == []


def test_a_token_in_the_dockerfile_itself_is_found(tmp_path: Path) -> None:
    (found,) = leaks(tmp_path, f"FROM scratch\nENV A=1\nENV TOKEN={GITHUB}\n")
    (problem,) = leak_problems([found], [])
    assert str(problem.position) == "Dockerfile:3:1"
    assert GITHUB not in str(problem)


def test_only_files_that_the_build_sees_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DB_PASSWORD=hunter22\n")
    assert list(find_leaks(tmp_path, [], parse_dockerfile("FROM scratch\n"), {})) == []


def test_a_problem_tells_the_way_to_do_it_right_and_never_the_secret(tmp_path: Path) -> None:
    (tmp_path / ".npmrc").write_text("_authToken=hunter22\n")
    (problem,) = leak_problems(leaks(tmp_path, NPM_TOKEN="0123456789abcdef"), ["NPM_TOKEN"])
    assert (
        problem.message
        == ".npmrc in the build context holds an npm login, and the Dockerfile copies it into the image."
    )
    assert problem.remedy is not None
    for advice in (".dockerignore", "--mount=type=secret", "allow_secrets: [.npmrc]"):
        assert advice in problem.remedy
    assert "hunter22" not in str(problem)


def test_what_is_allowed_by_name_or_by_pattern_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "id_rsa").write_text(KEY)
    (tmp_path / "id_rsa").write_text(KEY)
    found = leaks(tmp_path)
    assert [problem.message.split()[0] for problem in leak_problems(found, ["tests/**"])] == ["id_rsa"]
    assert list(leak_problems(found, ["tests/id_rsa", "/id_rsa"])) == []
