//! Vectors of words, and their sum over a text.

use std::collections::HashMap;

/// The forms of each word (networks, policies) lead to its row.
pub struct WordVectors {
    forms: HashMap<Box<str>, (u32, u32)>,
    vectors: Vec<i8>,
    pub dimensions: usize,
}

impl WordVectors {
    /// Words in lower case and in the singular, and a row of `dimensions` numbers for each.
    pub fn new<'a>(words: impl Iterator<Item = &'a str> + Clone, vectors: Vec<i8>, dimensions: usize) -> Self {
        let mut rows: HashMap<Box<str>, u32> = HashMap::new();
        for (row, word) in words.clone().enumerate() {
            rows.insert(format!("{word}s").into(), row as u32);
            rows.insert(word.into(), row as u32);
        }
        for (row, word) in words.clone().enumerate() {
            rows.insert(word.into(), row as u32);
        }
        for (row, word) in words.enumerate() {
            if let Some(stem) = word.strip_suffix('y') {
                rows.insert(format!("{stem}ies").into(), row as u32);
            }
        }
        let forms = rows.into_iter().enumerate().map(|(form, (word, row))| (word, (form as u32, row))).collect();
        Self { forms, vectors, dimensions }
    }

    /// The sum of the vectors of the distinct words of a text that are known; O(text).
    pub fn sum(&self, text: &str) -> Vec<i32> {
        let text = text.to_lowercase();
        let mut held: Vec<(u32, u32)> = words(&text).filter_map(|word| self.forms.get(word).copied()).collect();
        held.sort_unstable();
        held.dedup();
        let mut total = vec![0; self.dimensions];
        for (_, row) in held {
            let start = row as usize * self.dimensions;
            for (sum, &value) in total.iter_mut().zip(&self.vectors[start..start + self.dimensions]) {
                *sum += i32::from(value);
            }
        }
        total
    }
}

/// Runs of two letters or more; see `kg.link.context.words_of_text`.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() || c.is_ascii_digit()).filter(|word| word.chars().nth(1).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_of_a_word_counts_once() {
        let vectors = WordVectors::new(["policy", "network"].into_iter(), vec![1, 2, 10, 20], 2);
        assert_eq!(vectors.sum("Policy networks, policy network; policies and unknown ones"), [22, 44]);
        assert_eq!(vectors.sum("GPT4"), [0, 0]);
    }

    #[test]
    fn digits_and_signs_end_words() {
        assert_eq!(words("gpt4o x_yz été a").collect::<Vec<_>>(), ["gpt", "yz", "été"]);
    }
}
