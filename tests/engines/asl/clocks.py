"""Working time, computed from the calendars of a plan: what `flowgate-calendar` answers."""

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Calendar:
    def __init__(self, plan, folder):
        self.zone = ZoneInfo(plan["timezone"])
        self.hours = plan["hours"]
        self.holidays = set()
        file = plan.get("holidays")
        if file:
            for line in (folder / file["file"]["path"]).read_text().splitlines():
                if line.startswith("DTSTART"):
                    day = line.split(":")[1].strip()
                    self.holidays.add(date(int(day[:4]), int(day[4:6]), int(day[6:8])))

    def shifts(self, day):
        if day in self.holidays:
            return []
        hours = self.hours.get(DAYS[day.weekday()], [])
        return [(self.moment(day, each["from"]), self.moment(day, each["to"])) for each in hours]

    def moment(self, day, clock):
        hour, minute = map(int, clock.split(":"))
        return datetime.combine(day, time(hour, minute), self.zone).astimezone(timezone.utc)

    def days_from(self, at):
        day = at.astimezone(self.zone).date()
        while True:
            yield day
            day += timedelta(days=1)

    def add(self, start, weeks, days, seconds):
        """Days first, then working seconds; see the documentation of plans."""
        week = sum(1 for day in DAYS if self.hours.get(day))
        at = next(
            max(start, shifts[0])
            for day in self.days_from(start)
            for shifts in self.shifts(day)
            if start <= shifts[1]
        )
        days += weeks * week
        if days:
            at = self.days_later(at, days)
        left = timedelta(seconds=seconds)
        if not left:
            return at
        for day in self.days_from(at):
            for opens, closes in self.shifts(day):
                opens = max(opens, at)
                if opens >= closes:
                    continue
                if left <= closes - opens:
                    return opens + left
                left -= closes - opens

    def days_later(self, at, days):
        clock = at.astimezone(self.zone).time()
        later = self.days_from(at)
        next(later)
        for day in later:
            shifts = self.shifts(day)
            if not shifts:
                continue
            days -= 1
            if days == 0:
                same = datetime.combine(day, clock, self.zone).astimezone(timezone.utc)
                for opens, closes in shifts:
                    if same <= closes:
                        return max(same, opens)
                return shifts[-1][1]
