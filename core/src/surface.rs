//! Surface forms: the folding under which two spellings of one name are equal; `kg.link.surface` says what it is for.

/// Commands of LaTeX that only say how a text looks; those that begin with `text` or `math` are so too.
const COMMANDS: [&str; 10] = ["emph", "bf", "em", "it", "rm", "sc", "tt", "sf", "ensuremath", "operatorname"];
const PREFIXES: [&str; 23] = [
    "anti", "auto", "bi", "co", "cross", "fine", "hyper", "inter", "meta", "mid", "mini", "multi", "non", "over",
    "post", "pre", "quasi", "re", "self", "semi", "sub", "super", "tri",
];
/// What may stand before -ise and its forms, which are written -ize.
const BRITISH: [&str; 35] = [
    "generali",
    "optimi",
    "regulari",
    "normali",
    "tokeni",
    "locali",
    "minimi",
    "maximi",
    "quanti",
    "summari",
    "categori",
    "characteri",
    "randomi",
    "factori",
    "penali",
    "personali",
    "visuali",
    "vectori",
    "discreti",
    "lineari",
    "stabili",
    "standardi",
    "parameteri",
    "organi",
    "recogni",
    "amorti",
    "contextuali",
    "customi",
    "equali",
    "harmoni",
    "initiali",
    "marginali",
    "speciali",
    "synthesi",
    "utili",
];
const AMERICAN: [(&str, &str); 16] = [
    ("isation", "ization"),
    ("elling", "eling"),
    ("elled", "eled"),
    ("viour", "vior"),
    ("olour", "olor"),
    ("ghbour", "ghbor"),
    ("umour", "umor"),
    ("avour", "avor"),
    ("centred", "centered"),
    ("centre", "center"),
    ("defence", "defense"),
    ("artefact", "artifact"),
    ("judgement", "judgment"),
    ("haemat", "hemat"),
    ("grey", "gray"),
    ("alogue", "alog"),
];

/// The form in which two spellings of one name are equal, and names of different versions or sizes are not.
///
/// Case, hyphens, spaces, LaTeX and a plural s are gone; letters beyond ASCII stay as they are. Linear in the length.
pub fn fold(text: &str) -> String {
    let words = glue(words(text));
    let folded = match &words[..] {
        [before, word] if may_join(before, word) => words.concat(),
        _ => words.join(" "),
    };
    american(folded)
}

// ------------------------------------------------------------------------------------------------ words

/// The words of a text in lower case, without LaTeX, the last one without its plural s.
fn words(text: &str) -> Vec<String> {
    let cleaned = clean(text);
    let mut words = split(&spell_out(without_capital_plural(&cleaned)));
    join_lone_v(&mut words);
    if let Some(last) = words.last_mut().filter(|last| last.chars().count() > 3) {
        drop_plural(last);
    }
    words
}

/// The text without commands, dollars, braces and quotes.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        rest = &rest[next.len_utf8()..];
        match next {
            '\\' if rest.starts_with("ell") => {
                out.push('l');
                rest = &rest[3..];
            }
            '\\' => rest = after_command(rest),
            '~' => out.push(' '),
            '$' | '^' | '"' | '\'' | '`' | '‘' | '’' | '“' | '”' | '{' | '}' => {}
            _ => out.push(next),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// What follows a command and the space after it; all of it where the command says more than how the text looks.
fn after_command(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let command = &text[..end];
    let only_looks = command.starts_with("text") || command.starts_with("math") || command == "xspace";
    if only_looks || COMMANDS.contains(&command) {
        text[end..].trim_start()
    } else {
        text
    }
}

/// The text without the s of two capitals in the plural: LMs. Longer ones are found by `drop_plural`.
fn without_capital_plural(text: &str) -> &str {
    let Some(bare) = text.strip_suffix('s') else { return text };
    let mut before = bare.chars().rev();
    let capitals = before.by_ref().take(2).filter(char::is_ascii_uppercase).count() == 2;
    if capitals && before.next().is_none_or(|c| !c.is_alphanumeric()) {
        bare
    } else {
        text
    }
}

/// In lower case, with the signs that are part of names as words of their own.
fn spell_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '+' => out.push_str(" plus "),
            '#' => out.push_str(" sharp "),
            '*' => out.push_str(" star "),
            '@' => out.push_str(" at "),
            _ => out.push(c.to_ascii_lowercase()),
        }
    }
    out
}

/// Runs of letters and digits; a point between digits is part of them.
fn split(text: &str) -> Vec<String> {
    let mut words = vec![];
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let is_point = c == '.' && before.is_numeric() && chars.peek().is_some_and(|next| next.is_numeric());
        if c.is_alphanumeric() || is_point {
            word.push(c);
        } else if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        before = c;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Writes a lone v on to the number after it.
fn join_lone_v(words: &mut Vec<String>) {
    let mut i = 0;
    while i + 1 < words.len() {
        if words[i] == "v" && words[i + 1].starts_with(char::is_numeric) {
            let number = words.remove(i + 1);
            words[i].push_str(&number);
        }
        i += 1;
    }
}

fn drop_plural(word: &mut String) {
    if word.ends_with("ies") {
        word.truncate(word.len() - 3);
        word.push('y');
    } else if ["sses", "shes", "xes"].iter().any(|end| word.ends_with(end)) {
        // processes, meshes; not "ches", for the sake of caches
        word.truncate(word.len() - 2);
    } else if has_plural(word) {
        word.pop();
    }
}

fn has_plural(word: &str) -> bool {
    let Some(bare) = word.strip_suffix('s') else { return false };
    !bare.ends_with(['s', 'u', 'i']) && !bare.ends_with(char::is_numeric)
}

/// Whether two words may be written together: not 3|8B, and not DeiT|S, which would read as a plural.
fn may_join(before: &str, word: &str) -> bool {
    let numbers = before.ends_with(char::is_numeric) && word.starts_with(char::is_numeric);
    !(numbers || word.chars().count() <= 3 && has_plural(word))
}

/// Words with versions written on to the word before them, then prefixes (multi-, pre-) to the word after.
fn glue(words: Vec<String>) -> Vec<String> {
    let mut versioned: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let is_version = word.strip_prefix('v').unwrap_or(&word).starts_with(char::is_numeric);
        match versioned.last_mut() {
            Some(before) if is_version && may_join(before, &word) => before.push_str(&word),
            _ => versioned.push(word),
        }
    }
    let mut out: Vec<String> = Vec::with_capacity(versioned.len());
    let mut after_prefix = false;
    for word in versioned {
        let is_prefix = PREFIXES.contains(&&word[..]) || word == "un";
        match out.last_mut() {
            Some(before) if after_prefix && word.chars().count() > 3 => before.push_str(&word),
            _ => out.push(word),
        }
        after_prefix = is_prefix;
    }
    out
}

// ------------------------------------------------------------------------------------------------ spelling

fn american(mut folded: String) -> String {
    let mut from = 0;
    while let Some(at) = folded[from..].find("is").map(|at| from + at + 1) {
        if folded[at + 1..].starts_with(['a', 'e', 'i']) && BRITISH.iter().any(|stem| folded[..at].ends_with(stem)) {
            folded.replace_range(at..=at, "z");
        }
        from = at + 1;
    }
    for (british, american) in AMERICAN {
        if folded.contains(british) {
            folded = folded.replace(british, american);
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn spellings_of_one_name_are_equal() {
        for names in [
            &["Llama-2", "LLaMA 2", "llama2"][..],
            &["YOLOv5", "YOLO v5", "YOLO-V 5"],
            &["multi-layer perceptron", "multilayer perceptrons", "Multi Layer Perceptron"],
            &["Markov decision processes", "Markov Decision Process"],
            &["direct preference optimisation", "Direct Preference Optimization"],
            &["brain tumour segmentation", "brain tumor segmentation"],
            &["centred kernel alignment of labelled data", "centered kernel alignment of labeled data"],
            &[r"\textsc{SWE-agent}", r"{\em SWE-agent}", "SWE-agent"],
            &["LMs", "LM", "lm"],
        ] {
            assert!(names.iter().all(|name| fold(name) == fold(names[0])), "{names:?}");
        }
    }

    #[test]
    fn versions_sizes_and_variants_stay_apart() {
        for (one, other) in [
            ("GPT-4", "GPT-4o"),
            ("Llama 3 8B", "Llama 38B"),
            ("DeiT", "DeiT-S"),
            ("RefCOCO", "RefCOCO+"),
            ("Phi-3.5", "Phi-35"),
            ("RL", "RLS"),
        ] {
            assert_ne!(fold(one), fold(other));
        }
    }

    #[test]
    fn phrases_keep_their_words() {
        assert_eq!(fold("Generative Adversarial Networks"), "generative adversarial network");
        assert_eq!(fold("non-auto-regressive decoding"), "nonautoregressivedecoding");
        assert_eq!(fold(r"$\pi_0$"), "pi0");
        assert_eq!((fold(""), fold("--"), fold("é")), (String::new(), String::new(), "é".into()));
    }
}
