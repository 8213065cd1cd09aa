//! The sections of a runbook: what people find in it when the automation has failed.

/// What a runbook must explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// How a failed run is started again.
    Replay,
    /// How a wrong run is undone.
    RollBack,
    /// How the work is done by hand.
    ManualMode,
}

impl Topic {
    /// Every topic, in the order in which they are needed.
    pub const ALL: [Topic; 3] = [Topic::Replay, Topic::RollBack, Topic::ManualMode];

    /// The word that messages use.
    pub fn as_str(self) -> &'static str {
        match self {
            Topic::Replay => "replay",
            Topic::RollBack => "roll back",
            Topic::ManualMode => "manual mode",
        }
    }

    /// The heading that is proposed.
    pub fn title(self) -> &'static str {
        match self {
            Topic::Replay => "Replay",
            Topic::RollBack => "Roll back",
            Topic::ManualMode => "Manual mode",
        }
    }

    /// How headings name it, in lower case with single spaces.
    fn phrases(self) -> &'static [&'static str] {
        match self {
            Topic::Replay => &[
                "replay",
                "re play",
                "rerun",
                "re run",
                "retry",
                "retries",
                "restart",
                "reprocess",
                "re process",
                "resubmit",
                "run again",
                "start again",
                "try again",
            ],
            Topic::RollBack => &[
                "roll back",
                "rollback",
                "rolling back",
                "roll it back",
                "undo",
                "revert",
                "reverse",
                "reversal",
                "back out",
                "backout",
                "compensat",
            ],
            Topic::ManualMode => &[
                "manual",
                "by hand",
                "on paper",
                "fallback",
                "fall back",
                "without the automation",
                "without the system",
                "without the workflow",
            ],
        }
    }
}

/// The headings of a text that have something below them.
#[derive(Debug)]
pub struct Runbook {
    headings: Vec<String>,
}

/// A heading with the rank of its mark: a smaller rank stands higher.
struct Heading {
    rank: usize,
    text: String,
    line: usize,
    has_text: bool,
}

impl Runbook {
    /// Reads Markdown, AsciiDoc or reStructuredText.
    pub fn read(text: &str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let headings = headings(&lines);
        let is_title = |index: usize| {
            index == 0
                && headings.len() > 1
                && headings[1..]
                    .iter()
                    .all(|other| other.rank > headings[0].rank)
        };
        let kept = (0..headings.len())
            .filter(|index| !is_title(*index) && has_content(&headings, *index))
            .map(|index| headings[index].text.clone())
            .collect();
        Runbook { headings: kept }
    }

    /// True when a section explains the topic.
    pub fn covers(&self, topic: Topic) -> bool {
        self.headings.iter().any(|heading| {
            topic
                .phrases()
                .iter()
                .any(|phrase| heading.contains(phrase))
        })
    }
}

/// True when text follows the heading or one of the headings below it.
fn has_content(headings: &[Heading], index: usize) -> bool {
    let rank = headings[index].rank;
    let below = headings[index + 1..]
        .iter()
        .take_while(|other| other.rank > rank);
    std::iter::once(&headings[index])
        .chain(below)
        .any(|heading| heading.has_text)
}

fn headings(lines: &[&str]) -> Vec<Heading> {
    let mut found: Vec<Heading> = Vec::new();
    let mut fence = None;
    for (index, line) in lines.iter().enumerate() {
        let mark = ["```", "~~~", "----"]
            .into_iter()
            .find(|mark| line.trim_start().starts_with(mark));
        let is_underline = underline_rank(line).is_some()
            && found
                .last()
                .is_some_and(|heading| heading.line + 1 == index);
        if is_underline {
            continue;
        }
        match (fence, mark) {
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {}
            (None, Some(mark)) => fence = Some(mark),
            (None, None) => {
                let next = lines.get(index + 1).copied().unwrap_or_default();
                if let Some((rank, text)) = heading(line, next) {
                    found.push(Heading {
                        rank,
                        text,
                        line: index,
                        has_text: false,
                    });
                    continue;
                }
            }
        }
        if let Some(heading) = found.last_mut() {
            heading.has_text |= !line.trim().is_empty();
        }
    }
    found
}

/// The rank and the plain words of a heading; `next` may underline it.
fn heading(line: &str, next: &str) -> Option<(usize, String)> {
    let trimmed = line.trim();
    for mark in ['#', '='] {
        let rank = trimmed
            .chars()
            .take_while(|character| *character == mark)
            .count();
        let rest = &trimmed[rank..];
        if (1..=6).contains(&rank) && rest.starts_with(' ') {
            return Some((rank, plain(rest)));
        }
    }
    if let Some(rank) = underline_rank(next)
        && next.trim().chars().count() >= trimmed.chars().count().min(3)
        && trimmed.starts_with(char::is_alphanumeric)
    {
        return Some((rank, plain(trimmed)));
    }
    let bold = trimmed
        .strip_prefix("**")?
        .strip_suffix("**")
        .or_else(|| trimmed.strip_prefix("**")?.strip_suffix(":**"))?;
    (!bold.contains("**")).then(|| (LOWEST_RANK, plain(bold)))
}

/// A line in bold stands below every other heading.
const LOWEST_RANK: usize = 7;

/// The rank of a line that underlines the one above it.
fn underline_rank(line: &str) -> Option<usize> {
    let line = line.trim();
    let first = line.chars().next()?;
    let rank = ['=', '-', '~', '^']
        .iter()
        .position(|mark| *mark == first)?;
    (line.len() >= 3 && line.chars().all(|character| character == first)).then_some(rank + 1)
}

/// Lower case, with one space for everything that is no letter or digit.
fn plain(heading: &str) -> String {
    let words = heading
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{Runbook, Topic};

    fn covered(text: &str) -> Vec<&'static str> {
        let runbook = Runbook::read(text);
        let topics = Topic::ALL
            .into_iter()
            .filter(|topic| runbook.covers(*topic));
        topics.map(Topic::as_str).collect()
    }

    #[test]
    fn understands_the_usual_words_and_marks() {
        for text in [
            "# Rooms\n\n## Replay\nAgain.\n\n## Roll back\nCancel.\n\n## Manual mode\nCall.\n",
            "# Rooms\n## 1. How to re-run a case\na\n## 2. Undo\nb\n## 3. Doing it by hand\nc\n",
            "Rooms\n=====\n\nRetry\n-----\na\n\nRollback\n--------\nb\n\nManual fallback\n---------------\nc\n",
            "= Rooms\n\n== Replay & roll-back\na\n\n== Paper: work without the system\nc\n",
            "# Rooms\n\n**Replay**\n\na\n\n**Rollback:**\n\nb\n\n**Manual mode**\nc\n",
            "# Rooms\n## Replay\n### From the queue\na\n## Roll back\nb\n## Manual mode\nc",
        ] {
            assert_eq!(
                covered(text),
                ["replay", "roll back", "manual mode"],
                "{text}"
            );
        }
    }

    #[test]
    fn titles_code_and_empty_sections_do_not_count() {
        assert_eq!(
            covered("# Manual mode of rooms\n\n## Replay\na\n"),
            ["replay"]
        );
        assert_eq!(
            covered("# Rooms\n```\n# replay\n```\n## Undo\n\n## Manual\nc\n"),
            ["manual mode"]
        );
        assert_eq!(
            covered("Replay, roll back and manual mode are known to Jens.\n"),
            [""; 0]
        );
        assert_eq!(covered(""), [""; 0]);
    }
}
