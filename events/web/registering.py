"""The form of a team: from what was posted to what the desk takes, and back with every fault at its field. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from events.errors import Fault, describe
from events.i18n import Language, translate, words
from events.registrations.contents import LeaderIn, RegistrationIn, RosterEntryIn
from events.registrations.pasting import Pasted, read_pasted
from events.registrations.rules import RosterRole

FIELDS = ("team_name", "unit_region", "leader.name", "leader.phone", "leader.email", "entry_code", "pasted")
ROLES = {
    RosterRole.ATHLETE: words("运动员"),
    RosterRole.COACH: words("教练"),
    RosterRole.LEADER: words("领队"),
    RosterRole.STAFF: words("工作人员"),
}
# Lines offered beyond the most athletes, for coaches and staff; and how many empty ones a form begins with at the most.
SPARE_ROWS, MOST_EMPTY = 2, 80


@dataclass(frozen=True, slots=True)
class FormRow:
    """A line of the roster. `path` is where the desk would find a fault of it: lines left empty are not sent, so they don't count."""

    index: int
    path: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class TeamForm:
    """What stands in the form: plain fields by their paths, and the roster line by line."""

    fields: Mapping[str, str]
    names: Sequence[str]
    roles: Sequence[str]

    @classmethod
    def posted(cls, pairs: Sequence[tuple[str, str]]) -> "TeamForm":
        """The form as a browser sends it."""
        sent = dict(pairs)
        names = [value for name, value in pairs if name == "roster_name"]
        roles = [value for name, value in pairs if name == "roster_role"][: len(names)]
        roles += [RosterRole.ATHLETE] * (len(names) - len(roles))
        return cls({name: sent.get(name, "") for name in FIELDS}, names, roles)

    @classmethod
    def filled(cls, fields: Mapping[str, str], roster: Sequence[tuple[str, str]] = ()) -> "TeamForm":
        """A form to begin with."""
        return cls({name: fields.get(name, "") for name in FIELDS}, [name for name, _ in roster], [role for _, role in roster])

    def with_pasted(self) -> tuple["TeamForm", Pasted]:
        """The form with the pasted people in its list, after those who stood there, and what was read of them."""
        listed = [(name, role) for name, role in zip(self.names, self.roles, strict=True) if name.strip()]
        found = read_pasted(self.fields["pasted"], [name for name, _ in listed])
        return self.filled({**self.fields, "pasted": ""}, [*listed, *found.people]), found

    def twice(self) -> list[str]:
        """Names that stand in the list more than once: two people may share one, so it is said and not refused."""
        counts = Counter(name.strip() for name in self.names if name.strip())
        return [name for name, count in counts.items() if count > 1]

    def written(self, language: Language) -> RegistrationIn:
        """What the desk is given: empty lines left out."""
        return RegistrationIn(
            team_name=self.fields["team_name"],
            unit_region=self.fields["unit_region"],
            leader=LeaderIn(self.fields["leader.name"], self.fields["leader.phone"], self.fields["leader.email"].strip() or None),
            roster=[RosterEntryIn(name, role) for name, role in zip(self.names, self.roles, strict=True) if name.strip()],
            language=language.value,
            entry_code=self.fields["entry_code"] or None,
        )

    def rows(self, roster_max: int) -> list[FormRow]:
        """The lines to show: those filled, and empty ones up to a full team and two more."""
        rows, sent = [], 0
        wanted = max(min(roster_max + SPARE_ROWS, MOST_EMPTY), len(self.names) + SPARE_ROWS)
        for index in range(wanted):
            name = self.names[index] if index < len(self.names) else ""
            role = self.roles[index] if index < len(self.roles) else RosterRole.ATHLETE.value
            rows.append(FormRow(index, f"roster[{sent}]" if name.strip() else "", name, role))
            sent += bool(name.strip())
        return rows


def sentences(faults: Sequence[Fault], language: Language) -> dict[str, str]:
    """Each fault's sentence by its path; a second fault of one path would only repeat it."""
    said = {fault.path: describe(fault, language) for fault in reversed(faults)}
    # A form offers regions to choose from, so what is not found was not chosen.
    return said | ({"unit_region": translate(language, words("请选择所属地区。"))} if "unit_region" in said else {})
