"""Commands on who may see what: grant, revoke, grants, access."""

import argparse
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

from etl import report
from etl.commands.parsing import Commands, add_command
from etl.journal import operator
from etl.storage import folder_format, refuse_other_format
from etl.terminal import spelled
from geo.areas import areas, resolve
from riskmap.access import audit_log
from riskmap.access.audit_log import Entry, Head
from riskmap.access.grants import Grant, grant, grants, revoke
from riskmap.access.log_words import fault_text
from riskmap.access.roles import Role
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.errors import GrantRefused, Problem, WrongUsage
from riskmap.domain.vocabulary import COUNTRY, Grain, parse_period
from riskmap.words import t

_FAULTY = 3


def declare(commands: Commands) -> None:
    """Add the commands of this module."""
    granting = add_command(commands, "grant", _grant)
    granting.add_argument("subject", metavar="SUBJECT")
    granting.add_argument("--role", required=True, choices=[str(role) for role in Role])
    granting.add_argument("--area", metavar="KATO")
    granting.add_argument("--from", dest="begin", metavar="2026-11-22")
    granting.add_argument("--until", metavar="2026-12-31")
    revoking = add_command(commands, "revoke", _revoke)
    revoking.add_argument("id", type=int, metavar="GRANT_ID")
    listing = add_command(commands, "grants", _grants, has_json=True)
    listing.add_argument("--all", action="store_true")
    log = add_command(commands, "access", _access, has_json=True)
    log.add_argument("--month", metavar="2026-11")


def _grant(options: argparse.Namespace) -> int:
    refuse_other_format(folder_format())
    role = Role(options.role)
    area = _area(role, options.area, options.lang)
    new = grant(
        options.subject,
        role=role,
        area=area.id,
        kind=area.kind,
        by=operator(),
        valid_from=_day("--from", options.begin),
        valid_to=_day("--until", options.until),
    )
    report.say("access.granted", options.lang, **_words(new, options.lang))
    return 0


def _revoke(options: argparse.Namespace) -> int:
    refuse_other_format(folder_format())
    revoked = revoke(options.id, by=operator())
    report.say("access.revoked", options.lang, **_words(revoked, options.lang))
    return 0


def _grants(options: argparse.Namespace) -> int:
    """Every grant that counts or will count; with --all those that are over as well."""
    today = datetime.now(UTC).date()
    found = [one for one in grants() if options.all or not one.is_over(today)]
    if options.json:
        report.print_json({"grants": [_document(one, today, options.lang) for one in found]})
    else:
        none = t("access.no_grants", options.lang)
        report.print_lines([_line(one, options.lang) for one in found] or [none])
    return 0


def _access(options: argparse.Namespace) -> int:
    """Whether the log is as it was written, then what it says; 3 where it is not."""
    if options.month and not _is_month(options.month):
        raise WrongUsage(detail=f"--month {options.month} (2026-11)")
    faults, told, head = audit_log.verify(), list(audit_log.entries(options.month)), audit_log.head()
    texts = [fault_text(fault, options.lang) for fault in faults]
    if options.json:
        listed = [
            {"kind": fault.kind, "file": fault.file, "line": fault.line, "missing": fault.missing, "text": text}
            for fault, text in zip(faults, texts, strict=True)
        ]
        last = {"number": head.number, "sha256": head.digest} if head else None
        report.print_json({"head": last, "faults": listed, "entries": [_entry_document(entry) for entry in told]})
    else:
        report.print_lines(
            [*_verdict(texts, head, options.lang), *(_entry_line(entry, options.lang) for entry in told)]
        )
    return _FAULTY if faults else 0


def _area(role: Role, text: str | None, language: str) -> Area:
    """The area that is named; left out, the country, where the role is granted for nothing else."""
    if text is None:
        if role.may.kinds != {AreaKind.COUNTRY}:
            raise GrantRefused(reason=f"access.refused.kind.{role}")
        return areas()[COUNTRY]
    if text in areas():
        return areas()[text]
    found = resolve(text)
    if isinstance(found, Problem):
        near = ", ".join(f"{areas()[area].name(language)} {area}" for area in found.candidates)
        raise WrongUsage(detail=f"--area {text} ({near})" if near else f"--area {text}")
    return found


def _day(option: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongUsage(detail=f"{option} {text} (2026-11-22)") from None


def _is_month(text: str) -> bool:
    found = parse_period(text)
    return found is not None and found.grain is Grain.MONTH


def _words(one: Grant, language: str) -> dict[str, str | int]:
    """A grant in words, as far as its sentences name it."""
    return {
        "id": one.id,
        "subject": spelled(one.subject),
        "role": t(f"access.role.{one.role}", language),
        "area": _area_name(one.area, language),
        "days": _days(one, language),
    }


def _area_name(area: str, language: str) -> str:
    return areas()[area].name(language) if area in areas() else area


def _days(one: Grant, language: str) -> str:
    if one.valid_to is None:
        return t("access.days.open", language, begin=one.valid_from)
    return t("access.days.until", language, begin=one.valid_from, end=one.valid_to)


def _line(one: Grant, language: str) -> str:
    words = _words(one, language)
    line = t("access.line", language, **words, by=spelled(one.granted_by), at=one.granted_at)
    if one.revoked_at is None:
        return line
    return f"{line}; {t('access.line_revoked', language, by=spelled(one.revoked_by or ''), at=one.revoked_at)}"


def _document(one: Grant, today: date, language: str) -> dict[str, object]:
    return {
        "id": one.id,
        "subject": one.subject,
        "role": one.role,
        "area": one.area,
        "area_name": _area_name(one.area, language),
        "valid_from": one.valid_from.isoformat(),
        "valid_to": one.valid_to.isoformat() if one.valid_to else None,
        "is_in_force": one.is_in_force(today),
        "granted_by": one.granted_by,
        "granted_at": one.granted_at.isoformat(),
        "revoked_by": one.revoked_by,
        "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
    }


def _verdict(faults: list[str], head: Head | None, language: str) -> list[str]:
    if faults:
        return [*faults, t("access.next_step", language)]
    if head is None:
        return [t("access.no_entries", language)]
    return [t("access.whole", language, number=head.number, digest=head.digest)]


def _entry_document(entry: Entry) -> dict[str, object]:
    told = {"number": entry.number, "at": entry.at.isoformat(), "event": entry.event, "who": entry.who}
    return {**told, "told": dict(entry.told), "cut": dict(entry.cut)}


def _entry_line(entry: Entry, language: str) -> str:
    event = t(f"access.event.{entry.event}", language)
    told = "; ".join(_told(entry.told, entry.cut))
    return spelled(f"{entry.number} {entry.at:%Y-%m-%d %H:%M:%S} {entry.who}: {event}{f' ({told})' if told else ''}")


def _told(told: Mapping[str, object], cut: Mapping[str, int]) -> Iterator[str]:
    for name, value in told.items():
        text = ", ".join(value) if isinstance(value, list) else str(value)
        yield f"{name}={text}{f' … +{cut[name]}' if name in cut else ''}"
