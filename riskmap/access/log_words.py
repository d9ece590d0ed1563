"""What the log says, in words."""

from riskmap.access.chain import FaultKind, LogFault
from riskmap.words import t


def fault_text(fault: LogFault, language: str) -> str:
    """Where the log is not as it was written, and what that means."""
    told = {"file": fault.file, "line": fault.line, "missing": fault.missing}
    if fault.kind is FaultKind.CUT_OFF and not fault.missing:
        return t("access.fault.halved", language, **told)
    if fault.kind is FaultKind.HEAD and not fault.line:
        return t("access.fault.no_head", language, **told)
    return t(f"access.fault.{fault.kind}", language, **told)
