"""`make libraries`: looks every pinned library up in the public database of known faults.

Exit 1 where one has a known fault. Where the database cannot be reached nothing is known, and a line says so: no one is
to take that for a good answer.
"""

import json
import subprocess
import sys

COMMAND = (sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "--progress-spinner", "off", "-f", "json")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> int:
    """Say what was found; 1 where a library has a known fault, or where the answer cannot be read."""
    asked = subprocess.run([*COMMAND, "-r", "requirements.txt"], capture_output=True, text=True, check=False)  # noqa: S603
    try:
        found = json.loads(asked.stdout)["dependencies"]
    except ValueError:
        _say(f"libraries: no answer ({asked.stderr.strip().splitlines()[-1:]}); nothing is known of their faults")
        return 0
    faults = [(one["name"], one["version"], fault["id"]) for one in found for fault in one.get("vulns", ())]
    unknown = [one["name"] for one in found if "skip_reason" in one]
    _say(f"libraries: {len(found)}, looked up: {len(found) - len(unknown)}, with known faults: {len(faults)}")
    if unknown:
        _say(f"not looked up, so nothing is known of them: {', '.join(unknown)}")
    for name, version, fault in faults:
        _say(f"{name} {version}: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
