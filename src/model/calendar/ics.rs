//! iCalendar files (RFC 5545) to the events in them, line by line and without recursion.

use jiff::civil::{Date, DateTime, Time};

/// What is wrong with a file, and in which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, lower case, no full stop.
    pub message: String,
}

impl Fault {
    pub(super) fn new(line: usize, message: impl Into<String>) -> Self {
        Fault {
            line,
            message: message.into(),
        }
    }
}

/// A property of an event.
#[derive(Debug, Clone)]
pub(super) struct Property {
    /// The line it begins in, from 1.
    pub line: usize,
    /// The name, in upper case.
    pub name: String,
    /// The parameters, names in upper case.
    pub parameters: Vec<(String, String)>,
    /// The value as written.
    pub value: String,
}

impl Property {
    /// The value of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A `VEVENT` as written.
#[derive(Debug, Clone)]
pub(super) struct Event {
    /// The line it begins in, from 1.
    pub line: usize,
    /// Its properties, in written order.
    pub properties: Vec<Property>,
}

impl Event {
    /// The first property of a name.
    pub(super) fn property(&self, name: &str) -> Option<&Property> {
        self.properties
            .iter()
            .find(|property| property.name == name)
    }

    /// Every property of a name.
    pub(super) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Property> {
        self.properties
            .iter()
            .filter(move |property| property.name == name)
    }
}

/// The events of a file, and what could not be understood.
pub(super) fn read(text: &str) -> (Vec<Event>, Vec<Fault>) {
    let mut reader = Reader::default();
    for (number, line) in unfold(text) {
        reader.line(number, &line);
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    /// The names of the open components with the lines they begin in.
    open: Vec<(String, usize)>,
    begun: bool,
    event: Option<Event>,
    events: Vec<Event>,
    faults: Vec<Fault>,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) {
        let Some(property) = property(number, line) else {
            self.faults.push(Fault::new(
                number,
                "this is no property, as `NAME:VALUE` would be",
            ));
            return;
        };
        let component = property.value.trim().to_ascii_uppercase();
        match property.name.as_str() {
            "BEGIN" => self.begin(number, component),
            "END" => self.end(number, &component),
            _ => self.property(property),
        }
    }

    fn begin(&mut self, number: usize, component: String) {
        self.begun |= component == "VCALENDAR";
        if component == "VEVENT" && self.event.is_none() {
            self.event = Some(Event {
                line: number,
                properties: Vec::new(),
            });
        }
        self.open.push((component, number));
    }

    fn end(&mut self, number: usize, component: &str) {
        match self.open.pop() {
            Some((open, _)) if open == component => {
                let inside_an_event = self.open.iter().any(|(name, _)| name == "VEVENT");
                if component == "VEVENT" && !inside_an_event {
                    self.events.extend(self.event.take());
                }
            }
            Some((open, line)) => self.faults.push(Fault::new(
                number,
                format!("`END:{component}` stands where `{open}` of line {line} must end"),
            )),
            None => self.faults.push(Fault::new(
                number,
                format!("`END:{component}` ends nothing"),
            )),
        }
    }

    fn property(&mut self, property: Property) {
        // What stands in an alarm inside an event says nothing about the event.
        let in_an_event = self.open.last().is_some_and(|(name, _)| name == "VEVENT");
        if let Some(event) = self.event.as_mut().filter(|_| in_an_event) {
            event.properties.push(property);
        }
    }

    fn finish(mut self) -> (Vec<Event>, Vec<Fault>) {
        if !self.begun {
            let fault = Fault::new(1, "this is no iCalendar file: `BEGIN:VCALENDAR` is missing");
            return (Vec::new(), vec![fault]);
        }
        if let Some((name, line)) = self.open.first() {
            self.faults.push(Fault::new(
                *line,
                format!("`BEGIN:{name}` has no end; the file may be cut off"),
            ));
        }
        (self.events, self.faults)
    }
}

/// The logical lines with the number of their first written line; empty ones are left out.
fn unfold(text: &str) -> Vec<(usize, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let continued = line.strip_prefix([' ', '\t']);
        match (continued, lines.last_mut()) {
            (Some(rest), Some((_, before))) => before.push_str(rest),
            _ if line.trim().is_empty() => {}
            _ => lines.push((number, line.to_owned())),
        }
    }
    lines
}

fn property(line: usize, text: &str) -> Option<Property> {
    let name_end = text.find([':', ';'])?;
    let (name, mut rest) = text.split_at(name_end);
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if name.is_empty() || !plain {
        return None;
    }
    let mut parameters = Vec::new();
    while let Some(parameter) = rest.strip_prefix(';') {
        let end = unquoted(parameter)?;
        let (written, after) = parameter.split_at(end);
        let (key, value) = written.split_once('=')?;
        parameters.push((key.to_ascii_uppercase(), value.trim_matches('"').to_owned()));
        rest = after;
    }
    Some(Property {
        line,
        name: name.to_ascii_uppercase(),
        parameters,
        value: rest.strip_prefix(':')?.to_owned(),
    })
}

/// Where the first `:` or `;` outside quotes stands.
fn unquoted(text: &str) -> Option<usize> {
    let mut quoted = false;
    for (position, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b':' | b';' if !quoted => return Some(position),
            _ => {}
        }
    }
    None
}

/// `20260101`.
pub(super) fn date(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Date::new(
        text.get(..4)?.parse().ok()?,
        text.get(4..6)?.parse().ok()?,
        text.get(6..)?.parse().ok()?,
    )
    .ok()
}

/// `20260101T130000`.
pub(super) fn date_time(text: &str) -> Option<DateTime> {
    let (day, time) = text.split_once('T')?;
    if time.len() != 6 || !time.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |range: std::ops::Range<usize>| time.get(range)?.parse::<i8>().ok();
    // A leap second is the last second of its minute.
    let time = Time::new(part(0..2)?, part(2..4)?, part(4..6)?.min(59), 0).ok()?;
    Some(date(day)?.to_datetime(time))
}
