//! Breadth-first search from many sources at once (Then et al., "The more the merrier", doi:10.14778/2735496.2735507):
//! one bit a source. What comes out are counts, which are the same in whatever order they are added.

use crate::graph::{Csr, OwnedCsr};
use crate::lanes::Vectorised;
use crate::sources::Cancelled;
use crate::watch::Watch;

/// The sources of a batch are the bits of so many words.
const WORDS: usize = 4;

/// Sources of a batch.
pub const LANES: usize = 64 * WORDS;

/// Histograms may be so long, and have so many counts in all or longer ones; else the search ends as `Far`.
const MOST_STEPS: usize = 64;
const MOST_COUNTS: usize = 1 << 25;

/// How many nodes are worked on before the caller is asked whether to go on.
const PATIENCE: usize = 1024;

type Set = [u64; WORDS];

const NONE: Set = [0; WORDS];

/// A graph whose nodes stand, as sources, for more than one: `counts.of(v)[d]` of them at a distance of `d` to `v`.
pub struct Crowd {
    pub outgoing: OwnedCsr,
    /// None where it is the same.
    pub incoming: Option<OwnedCsr>,
    pub counts: Counts,
}

/// A list of numbers for each node, one list after another.
#[derive(Default)]
pub struct Counts {
    starts: Vec<usize>,
    numbers: Vec<u32>,
}

impl Counts {
    /// Lists of zeros of some lengths.
    pub fn of_lengths(lengths: &[usize]) -> Self {
        let mut starts = vec![0];
        starts.extend(lengths.iter().scan(0, |end, length| {
            *end += length;
            Some(*end)
        }));
        Self { numbers: vec![0; starts[lengths.len()]], starts }
    }

    pub fn of(&self, v: u32) -> &[u32] {
        &self.numbers[self.starts[v as usize]..self.starts[v as usize + 1]]
    }

    pub fn of_mut(&mut self, v: u32) -> &mut [u32] {
        &mut self.numbers[self.starts[v as usize]..self.starts[v as usize + 1]]
    }
}

impl Crowd {
    pub fn outgoing(&self) -> Csr<'_> {
        self.outgoing.graph(self.incoming.is_some())
    }

    fn incoming(&self) -> Csr<'_> {
        self.incoming.as_ref().map_or(self.outgoing(), |reversed| reversed.graph(true))
    }
}

/// For every distance, how many are so far from each node; a node's own crowd is not counted.
pub type Histograms = Vec<Vec<u32>>;

/// Why a search ended early.
#[derive(Debug, PartialEq)]
pub enum Broken {
    Cancelled(Cancelled),
    /// Nodes are so far from each other that the histograms would take too much memory.
    Far,
}

impl From<Cancelled> for Broken {
    fn from(cancelled: Cancelled) -> Self {
        Self::Cancelled(cancelled)
    }
}

/// The buffers of a search.
pub struct Multi {
    seen: Vec<Set>,
    last: Vec<Set>,
    next: Vec<Set>,
    reached: Vec<u32>,
    reached_next: Vec<u32>,
    /// The counts of the sources in binary: at which distance, which digit, and of which sources it is one.
    digits: Vec<(usize, u32, Set)>,
    histograms: Histograms,
}

/// A batch to run: adds to the histograms of `multi`.
pub struct Run<'a> {
    pub multi: &'a mut Multi,
    pub crowd: &'a Crowd,
    pub sources: &'a [u32],
    pub watch: &'a Watch,
}

impl Vectorised for Run<'_> {
    type Output = Result<(), Broken>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let Self { multi, crowd, sources, watch } = self;
        multi.start(crowd, sources);
        let mut all = NONE;
        (0..sources.len()).for_each(|lane| all[lane / 64] |= 1 << (lane % 64));
        for step in 1.. {
            multi.spread(crowd, &all, watch)?;
            if multi.reached_next.is_empty() {
                break;
            }
            if step > MOST_STEPS && step * multi.seen.len() > MOST_COUNTS {
                return Err(Broken::Far);
            }
            multi.count(step);
            std::mem::swap(&mut multi.last, &mut multi.next);
            std::mem::swap(&mut multi.reached, &mut multi.reached_next);
        }
        Ok(())
    }
}

impl Multi {
    pub fn new(n: usize) -> Self {
        let sets = || vec![NONE; n];
        let (reached, reached_next) = (Vec::with_capacity(n), Vec::with_capacity(n));
        let (digits, histograms) = (Vec::new(), Vec::new());
        Self { seen: sets(), last: sets(), next: sets(), reached, reached_next, digits, histograms }
    }

    pub fn into_histograms(self) -> Histograms {
        self.histograms
    }

    #[inline(always)]
    fn start(&mut self, crowd: &Crowd, sources: &[u32]) {
        self.seen.fill(NONE);
        self.last.fill(NONE);
        self.next.fill(NONE);
        self.reached.clear();
        self.digits.clear();
        for (lane, &s) in sources.iter().enumerate() {
            self.last[s as usize][lane / 64] |= 1 << (lane % 64);
            self.seen[s as usize][lane / 64] |= 1 << (lane % 64);
            self.reached.push(s);
            self.note_digits(lane, crowd.counts.of(s));
        }
    }

    fn note_digits(&mut self, lane: usize, counts: &[u32]) {
        for (distance, &count) in counts.iter().enumerate() {
            for digit in (0..u32::BITS).filter(|digit| count >> digit & 1 == 1) {
                let known = self.digits.iter().position(|&(d, b, _)| (d, b) == (distance, digit));
                let at = known.unwrap_or_else(|| {
                    self.digits.push((distance, digit, NONE));
                    self.digits.len() - 1
                });
                self.digits[at].2[lane / 64] |= 1 << (lane % 64);
            }
        }
    }

    /// From `reached` and `last` one step on, to `reached_next` and `next`.
    #[inline(always)]
    fn spread(&mut self, crowd: &Crowd, all: &Set, watch: &Watch) -> Result<(), Cancelled> {
        self.reached_next.clear();
        let graph = crowd.outgoing();
        let arcs: usize = self.reached.iter().map(|&v| graph.out_degree(v as usize)).sum();
        if arcs * 4 > graph.arcs() {
            self.pull(crowd.incoming(), all, watch)?;
        } else {
            self.push(graph, watch)?;
        }
        for &v in &self.reached {
            self.last[v as usize] = NONE;
        }
        Ok(())
    }

    #[inline(always)]
    fn push(&mut self, graph: Csr, watch: &Watch) -> Result<(), Cancelled> {
        for (at, &v) in self.reached.iter().enumerate() {
            if at % PATIENCE == 0 {
                watch.go_on()?;
            }
            let last = self.last[v as usize];
            for &w in graph.neighbours(v as usize) {
                let (seen, next) = (&self.seen[w as usize], &mut self.next[w as usize]);
                let (mut before, mut new) = (0, 0);
                for word in 0..WORDS {
                    let bits = last[word] & !seen[word];
                    before |= next[word];
                    new |= bits;
                    next[word] |= bits;
                }
                if before == 0 && new != 0 {
                    self.reached_next.push(w);
                }
            }
        }
        Ok(())
    }

    /// The same from the other side: cheaper where most nodes are reached by many sources in this step.
    #[inline(always)]
    fn pull(&mut self, graph: Csr, all: &Set, watch: &Watch) -> Result<(), Cancelled> {
        for v in 0..graph.len() {
            if v % PATIENCE == 0 {
                watch.go_on()?;
            }
            let missing = without(all, &self.seen[v]);
            if missing == NONE {
                continue;
            }
            let mut next = NONE;
            for few in graph.neighbours(v).chunks(8) {
                for &w in few {
                    next = union(&next, &self.last[w as usize]);
                }
                if without(&missing, &next) == NONE {
                    break;
                }
            }
            next = common(&next, &missing);
            if next != NONE {
                self.next[v] = next;
                self.reached_next.push(v as u32);
            }
        }
        Ok(())
    }

    /// Counts the sources that have just reached each node, and those for which they stand.
    #[inline(always)]
    fn count(&mut self, step: usize) {
        let most = step + self.digits.iter().map(|&(distance, ..)| distance).max().unwrap_or(0);
        let n = self.seen.len();
        self.histograms.resize_with((most + 1).max(self.histograms.len()), || vec![0; n]);
        for &v in &self.reached_next {
            self.seen[v as usize] = union(&self.seen[v as usize], &self.next[v as usize]);
        }
        for (distance, digit, sources) in &self.digits {
            let histogram = &mut self.histograms[step + distance];
            for &v in &self.reached_next {
                let ones: u32 = common(&self.next[v as usize], sources).iter().map(|word| word.count_ones()).sum();
                histogram[v as usize] += ones << digit;
            }
        }
    }
}

#[inline(always)]
fn union(a: &Set, b: &Set) -> Set {
    std::array::from_fn(|word| a[word] | b[word])
}

#[inline(always)]
fn common(a: &Set, b: &Set) -> Set {
    std::array::from_fn(|word| a[word] & b[word])
}

#[inline(always)]
fn without(a: &Set, b: &Set) -> Set {
    std::array::from_fn(|word| a[word] & !b[word])
}
