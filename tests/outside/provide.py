"""Gets the outside tools into a cache folder: Python packages into environments of their own, and for the Autobahn
suite, which knows only Python 2.7, that interpreter from Debian 11, unpacked beside the system."""

import os
import re
import subprocess
import sys
from pathlib import Path

SSLYZE = "sslyze==6.3.1"
SCHEMATHESIS = "schemathesis==4.32.5"
DEBIAN_PACKAGES = {
    "testssl": "testssl.sh", "slowhttptest": "slowhttptest", "hexdump": "bsdextrautils", "dig": "bind9-dnsutils",
}  # fmt: skip

PYTHON2_PACKAGES = ["python2.7", "python2.7-minimal", "libpython2.7-minimal", "libpython2.7-stdlib", "libssl1.1", "libffi7"]
# In this order: what builds the others first. All are the last versions that know Python 2.7.
PYTHON2_BUILDERS = ["pip==20.3.4", "setuptools==44.1.1", "wheel==0.37.1"]
AUTOBAHN = [
    "autobahntestsuite==0.8.2", "autobahn==0.10.9", "txaio==2.1.0", "Twisted==20.3.0", "klein==17.10.0",
    "Werkzeug==0.16.1", "Jinja2==2.11.3", "MarkupSafe==1.1.1", "zope.interface==5.5.2", "unittest2==1.1.0",
    "Automat==22.10.0",
]  # fmt: skip


class Missing(Exception):
    """A tool that cannot be provided here, with what to do about it."""


def run(*command, **options):
    """Runs it; what it said is shown if it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise Missing(f"{command[0]} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def found(name):
    """The path of a program."""
    paths = os.environ["PATH"].split(os.pathsep) + ["/usr/sbin", "/sbin"]
    return next((str(Path(path) / name) for path in paths if os.access(Path(path) / name, os.X_OK)), None)


def debian_packages():
    """Installs the packages that are missing, as root; otherwise names them."""
    missing = [package for program, package in DEBIAN_PACKAGES.items() if not found(program)]
    if not missing:
        return
    if os.geteuid() != 0 and "CI" not in os.environ:
        raise Missing(f"These Debian packages are missing: sudo apt-get install {' '.join(missing)}")
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    run(*as_root, "apt-get", "update", "-qq")
    run(*as_root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing)


def environment(folder, *packages):
    """A Python environment with these packages; made anew when they are others than before. Its `bin` folder."""
    marker, wanted = folder / "packages.txt", "\n".join(packages)
    if not marker.exists() or marker.read_text() != wanted:
        run(sys.executable, "-m", "venv", "--clear", folder)
        run(folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", *packages)
        marker.write_text(wanted)
    return folder / "bin"


def debian_11(folder):
    """An apt that knows Debian 11 only, from the place that this machine's own packages come from."""
    sites = run("apt-get", "indextargets", "--format", "$(SITE)").split()
    site = next((site for site in sites if re.search(r"/debian/?$", site)), None)
    if site is None:
        raise Missing("This machine's apt has no Debian archive to take Python 2.7 from; the Autobahn suite needs it")
    for name in ["state/lists/partial", "cache/archives/partial", "parts"]:
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "sources.list").write_text(f"deb {site} bullseye main\n")
    settings = {
        "Dir::Etc::sourcelist": folder / "sources.list", "Dir::Etc::sourceparts": folder / "parts",
        "Dir::Etc::preferencesparts": folder / "parts", "Dir::State": folder / "state",
        "Dir::State::status": "/dev/null", "Dir::Cache": folder / "cache", "APT::Sandbox::User": "root",
        # What it says of its own age is true: nothing newer comes to Debian 11.
        "Acquire::Check-Valid-Until": "false",
    }  # fmt: skip
    return ["apt-get", "-qq", *(word for name, value in settings.items() for word in ("-o", f"{name}={value}"))]


class Python2:
    """Python 2.7 in a folder, with packages of its own."""

    def __init__(self, folder):
        self.root, self.site, self.wheels = folder / "root", folder / "site", folder / "wheels"
        self.folder = folder
        libraries = [self.root / "usr/lib/x86_64-linux-gnu", self.root / "usr/lib/aarch64-linux-gnu"]
        self.variables = {
            **os.environ,
            "PYTHONHOME": str(self.root / "usr"),
            "LD_LIBRARY_PATH": os.pathsep.join(map(str, libraries)),
        }

    def unpack(self):
        """The interpreter, out of Debian's packages."""
        if (self.root / "usr/bin/python2.7").exists():
            return
        apt, packages = debian_11(self.folder / "apt"), self.folder / "packages"
        packages.mkdir(parents=True, exist_ok=True)
        run(*apt, "update")
        run(*apt, "download", *PYTHON2_PACKAGES, cwd=packages)
        for package in packages.glob("*.deb"):
            run("dpkg", "-x", package, self.root)

    def run(self, *arguments, paths, **options):
        """Runs it with these folders of packages."""
        variables = {**self.variables, "PYTHONPATH": os.pathsep.join(map(str, paths))}
        return run(self.root / "usr/bin/python2.7", *arguments, env=variables, **options)

    def install(self):
        """The suite and what it needs, built by the last pip that knows 2.7, which comes as a wheel."""
        marker, wanted = self.folder / "packages.txt", "\n".join(PYTHON2_BUILDERS + AUTOBAHN)
        if marker.exists() and marker.read_text() == wanted:
            return
        download = ["download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest", self.wheels]
        run(sys.executable, "-m", "pip", *download, "--only-binary=:all:", "--python-version=2.7",
            "--implementation=py", "--abi=none", "--platform=any", *PYTHON2_BUILDERS)  # fmt: skip
        pip = [next(self.wheels.glob(f"{name}-*.whl")) for name in ("pip", "setuptools", "wheel")]
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-python-version-warning",
                   "--target", self.site, "--upgrade", "--no-build-isolation", "--no-compile"]  # fmt: skip
        self.run(*install, *pip[1:], paths=pip)
        self.run(*install, *AUTOBAHN, paths=[pip[0], self.site])
        # `zope` is one of those packages that others share, which 2.7 only knows with a file of its own.
        (self.site / "zope/__init__.py").touch()
        marker.write_text(wanted)


def autobahn(folder):
    """A function that runs the suite's `wstest` with arguments in a folder."""
    python = Python2(folder)
    python.unpack()
    python.install()
    start = "import sys; from autobahntestsuite.wstest import run; sys.exit(run())"

    def wstest(*arguments, cwd, seconds):
        return python.run("-c", start, *arguments, paths=[python.site], cwd=cwd, timeout=seconds)

    return wstest
