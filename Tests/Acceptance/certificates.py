"""Certificates made by the `openssl` command, as a site or the Patriot client would have them."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

PATRIOT_HOST = "desktop-client-api.patriotsystems.com"


@dataclass(frozen=True)
class Certificate:
    """A certificate and its private key, both PEM files."""

    certificate: Path
    key: Path

    @property
    def pin(self) -> str:
        """The form `PATRIOT_PINS` takes: the SHA-256 of the public key's DER form (RFC 7469, 2.4)."""
        public_key = _openssl("x509", "-in", self.certificate, "-noout", "-pubkey")
        der = _openssl("pkey", "-pubin", "-outform", "der", stdin=public_key)
        return "sha256/" + base64.b64encode(hashlib.sha256(der).digest()).decode()


def make_certificate(
    directory: Path,
    name: str,
    *,
    host: str = PATRIOT_HOST,
    issuer: Certificate | None = None,
    authority: bool = False,
    starts_in: timedelta = timedelta(days=-1),
    ends_in: timedelta = timedelta(days=365),
) -> Certificate:
    """Self-signed when there is no issuer. Times are relative to now."""
    directory = directory / name
    directory.mkdir(parents=True)
    made = Certificate(directory / "certificate.pem", directory / "key.pem")
    request, configuration = directory / "request.pem", directory / "openssl.cnf"
    configuration.write_text(_configuration(directory, host, authority))
    (directory / "index.txt").touch()
    _openssl(
        "req", "-new", "-newkey", "rsa:2048", "-nodes", "-config", configuration,
        "-subj", f"/CN={host}", "-keyout", made.key, "-out", request,
    )  # fmt: skip
    now = datetime.now(UTC)
    signer: list[str | Path] = ["-selfsign", "-keyfile", made.key]
    if issuer is not None:
        signer = ["-cert", issuer.certificate, "-keyfile", issuer.key]
    _openssl(
        "ca", "-batch", "-notext", "-create_serial", "-config", configuration, *signer,
        "-startdate", f"{now + starts_in:%Y%m%d%H%M%SZ}", "-enddate", f"{now + ends_in:%Y%m%d%H%M%SZ}",
        "-in", request, "-out", made.certificate,
    )  # fmt: skip
    return made


def _configuration(directory: Path, host: str, authority: bool) -> str:
    """What `openssl ca` wants: it alone of the commands takes both dates of a certificate."""
    usage = "basicConstraints = critical, CA:TRUE" if authority else f"subjectAltName = DNS:{host}"
    return f"""
[req]
distinguished_name = name
[name]
[ca]
default_ca = line
[line]
database = {directory}/index.txt
serial = {directory}/serial
new_certs_dir = {directory}
default_md = sha256
policy = policy
x509_extensions = extensions
unique_subject = no
[policy]
commonName = supplied
[extensions]
{usage}
"""


def _openssl(*arguments: str | Path, stdin: bytes = b"") -> bytes:
    finished = subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True, check=False)
    if finished.returncode != 0:
        raise AssertionError(f"openssl {' '.join(map(str, arguments))} failed:\n{finished.stderr.decode()}")
    return finished.stdout
