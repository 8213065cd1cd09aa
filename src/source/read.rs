//! From a tree to [`Sources`]: the texts of the wanted files, in the wanted order.
//!
//! A text is kept as it was written, a byte-order mark included: offset 0 of a span is the first
//! byte of the file, so that spans are right for editing the file, and whoever parses a text
//! skips a leading U+FEFF. [`Position`] does not count it as a column.

use rayon::prelude::*;

use super::{Position, SourceFile, SourceId, SourceTree, Sources, TreeError};

/// The largest file that is read, in bytes (8 MiB); people do not write larger ones by hand.
pub const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// The files of a project state, read as far as they can be.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// One file per wanted path, in the wanted order; an unreadable one has an empty text.
    pub sources: Sources,
    /// The files that could not be read, in the same order.
    pub unreadable: Vec<Unreadable>,
}

/// A file that could not be read: a finding to be, at the start of its empty text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The file in [`Reading::sources`], which knows its path.
    pub source: SourceId,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The text is not UTF-8; the position is that of the first wrong byte.
    InvalidUtf8(Position),
    /// The file is larger than [`MAX_FILE_BYTES`] and was left alone.
    TooLarge {
        /// Its size in bytes.
        bytes: u64,
        /// The limit it exceeds, in bytes.
        limit: u64,
    },
    /// The tree did not give it, with what to say and to try.
    Io(TreeError),
}

/// Reads files in parallel. What cannot be read does not stop the rest.
pub fn read(tree: &dyn SourceTree, paths: &[String]) -> Reading {
    let files: Vec<(SourceFile, Option<Reason>)> = paths
        .par_iter()
        .map(|path| match text(tree, path) {
            Ok(text) => (SourceFile::new(path.clone(), text), None),
            Err(reason) => (SourceFile::unread(path.clone()), Some(reason)),
        })
        .collect();
    let mut reading = Reading::default();
    for (file, reason) in files {
        let source = reading.sources.push(file);
        if let Some(reason) = reason {
            reading.unreadable.push(Unreadable { source, reason });
        }
    }
    reading
}

fn text(tree: &dyn SourceTree, path: &str) -> Result<String, Reason> {
    let bytes = tree.size(path).map_err(Reason::Io)?;
    if bytes > MAX_FILE_BYTES {
        return Err(Reason::TooLarge {
            bytes,
            limit: MAX_FILE_BYTES,
        });
    }
    let content = tree.read(path).map_err(Reason::Io)?;
    String::from_utf8(content).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
        let end = u32::try_from(valid).unwrap_or(u32::MAX);
        Reason::InvalidUtf8(SourceFile::new(path.to_owned(), before).position(end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Memory, Span};

    fn read_all(tree: &Memory) -> Reading {
        read(tree, &tree.paths().unwrap())
    }

    #[test]
    fn keeps_the_wanted_order_whatever_the_threads_do() {
        let mut tree = Memory::new();
        let mut wanted: Vec<String> = (0..500).map(|number| format!("{number}.yaml")).collect();
        for path in &wanted {
            tree = tree.with(path, path.as_str());
        }
        wanted.reverse();
        let reading = read(&tree, &wanted);
        let read: Vec<_> = reading
            .sources
            .iter()
            .map(|(_, file)| file.path())
            .collect();
        assert_eq!(read, wanted);
        let mut texts = reading.sources.iter();
        assert!(texts.all(|(_, file)| file.text() == file.path()));
        assert_eq!(reading.unreadable, []);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_placed_and_do_not_stop_the_rest() {
        let tree = Memory::new()
            .with("a.yaml", "fine: true\n")
            .with("b.yaml", b"name: x\n# \xc3\xa9\xff".to_vec())
            .with("c.yaml", [0xff])
            .with("d.yaml", b"cut \xe2\x82".to_vec());
        let reading = read_all(&tree);
        let places: Vec<_> = reading
            .unreadable
            .iter()
            .map(|unreadable| {
                let path = reading.sources.file(unreadable.source).path();
                let Reason::InvalidUtf8(place) = unreadable.reason else {
                    panic!("{unreadable:?}")
                };
                (path, place.byte, place.line, place.column)
            })
            .collect();
        let expected = [
            ("b.yaml", 12, 2, 4),
            ("c.yaml", 0, 1, 1),
            ("d.yaml", 4, 1, 5),
        ];
        assert_eq!(places, expected);
        assert_eq!(reading.sources.len(), 4);
        let empty = reading.sources.file(reading.unreadable[0].source);
        assert_eq!(empty.text(), "");
        assert_eq!(empty.position(0).line, 1);
    }

    #[test]
    fn a_missing_file_is_unreadable_too() {
        let reading = read(&Memory::new(), &["gone.yaml".to_owned()]);
        let expected = Reason::Io(TreeError::new("there is no file `gone.yaml`"));
        assert_eq!(reading.unreadable[0].reason, expected);
        assert_eq!(
            reading.sources.find("gone.yaml"),
            Some(reading.unreadable[0].source)
        );
    }

    /// Says that every file has a size and panics when one is read.
    struct Sized(u64);

    impl SourceTree for Sized {
        fn paths(&self) -> Result<Vec<String>, TreeError> {
            Ok(vec!["big.yaml".to_owned()])
        }

        fn size(&self, _: &str) -> Result<u64, TreeError> {
            Ok(self.0)
        }

        fn read(&self, _: &str) -> Result<Vec<u8>, TreeError> {
            panic!("the content of a too large file was read")
        }
    }

    #[test]
    fn a_too_large_file_is_not_even_read() {
        let reading = read(&Sized(MAX_FILE_BYTES + 1), &["big.yaml".to_owned()]);
        let expected = Reason::TooLarge {
            bytes: 8_388_609,
            limit: 8_388_608,
        };
        assert_eq!(reading.unreadable[0].reason, expected);
    }

    #[test]
    fn a_file_of_exactly_the_limit_is_read() {
        let size = usize::try_from(MAX_FILE_BYTES).unwrap();
        let reading = read_all(&Memory::new().with("big.yaml", vec![b'#'; size]));
        assert_eq!(reading.unreadable, []);
        assert_eq!(reading.sources.iter().next().unwrap().1.text().len(), size);
    }

    #[test]
    fn a_byte_order_mark_stays_in_the_text_but_is_no_column() {
        let reading = read_all(&Memory::new().with("a.yaml", "\u{feff}name: x\nnext: y\n"));
        let (source, file) = reading.sources.iter().next().unwrap();
        assert_eq!(reading.sources.text(Span::new(source, 3..7)), "name");
        let columns: Vec<_> = [0, 3, 4].map(|byte| file.position(byte).column).into();
        assert_eq!(columns, [1, 1, 2]);
        assert_eq!(file.position(11).line, 2);
        assert_eq!(file.position(11).column, 1);
        assert_eq!(file.position(3).byte, 3);
    }
}
