// SPDX-License-Identifier: MIT
//
// peer.rs - Rust: Drop, panics and catch_unwind.

use std::arch::asm;
use std::panic::{self, AssertUnwindSafe};
use std::process::exit;
use std::sync::{Barrier, Mutex};
use std::time::Instant;

// What is before it has happened, and what is behind it has not; what the
// pointer points to is used.
#[inline(always)]
fn barrier<T>(pointer: *mut T) {
    unsafe { asm!("/* {0} */", in(reg) pointer) }
}

#[derive(Default)]
struct Thing {
    broken: bool,
    whole: bool,
    acquired: i64,
    used: i64,
    released: i64,
    caught: i64,
}

static mut NUMBERS: i64 = 0;
static mut DIGEST: i64 = 0;
static mut BYTES: f64 = 0.0;

// The cheapest of Rust's panics: no hook, no message, no memory.
#[cold]
fn fail() -> ! {
    panic::resume_unwind(Box::new(()))
}

#[inline(never)]
fn acquire(t: *mut Thing) {
    let t = unsafe { &mut *t };
    if t.broken {
        fail()
    }
    t.acquired += 1;
}

#[inline(never)]
fn use_it(t: *mut Thing) {
    let t = unsafe { &mut *t };
    if t.broken {
        fail()
    }
    t.used += 1;
}

#[inline(never)]
fn release(t: *mut Thing) {
    unsafe { (*t).released += 1 }
}

#[inline(never)]
fn release_number(number: i64) {
    unsafe {
        DIGEST = DIGEST.wrapping_mul(3).wrapping_add(number);
        NUMBERS += 1;
    }
}

struct Holder(*mut Thing);

impl Holder {
    #[inline(always)]
    fn new(t: *mut Thing) -> Holder {
        acquire(t);
        Holder(t)
    }
}

impl Drop for Holder {
    #[inline(always)]
    fn drop(&mut self) {
        release(self.0)
    }
}

#[inline(never)]
fn defer_1(t: *mut Thing) {
    let _first = Holder::new(t);
    use_it(t);
}

#[inline(never)]
fn defer_4(t: *mut Thing) {
    let _first = Holder::new(t);
    let _second = Holder::new(t);
    let _third = Holder::new(t);
    let _fourth = Holder::new(t);
    use_it(t);
}

#[inline(never)]
fn defer_bare(t: *mut Thing) {
    unsafe { (*t).acquired += 1 }
    let _first = Holder(t);
    barrier(t);
}

// What is done in a loop, newest first; a Vec drops oldest first.
struct Numbers(Vec<i64>);

impl Drop for Numbers {
    fn drop(&mut self) {
        while let Some(number) = self.0.pop() {
            release_number(number)
        }
    }
}

#[inline(never)]
fn run_loop(count: i64) {
    let mut released = Numbers(Vec::new());
    for i in 0..count {
        released.0.push(i);
    }
    unsafe { BYTES = (released.0.capacity() * 8) as f64 / count as f64 }
}

// ---- Failing ----

#[inline(never)]
fn breaks(t: *mut Thing) {
    if !unsafe { (*t).whole } {
        fail()
    }
}

#[inline(never)]
fn breaks_literal(t: *mut Thing) {
    if !unsafe { (*t).whole } {
        panic!("broken")
    }
}

#[inline(never)]
fn breaks_formatted(t: *mut Thing) {
    let t = unsafe { &*t };
    if !t.whole {
        panic!("broken: order {} of {}", 4711 + t.broken as i32, "somebody")
    }
}

#[inline(always)]
fn catch<F: FnOnce()>(t: *mut Thing, body: F) {
    if panic::catch_unwind(AssertUnwindSafe(body)).is_err() {
        unsafe { (*t).caught += 1 }
    }
}

#[inline(never)]
fn landing(t: *mut Thing) {
    catch(t, || use_it(t))
}

#[inline(never)]
fn panic_caught(t: *mut Thing) {
    catch(t, || breaks(t))
}

#[inline(never)]
fn literal_caught(t: *mut Thing) {
    catch(t, || breaks_literal(t))
}

#[inline(never)]
fn formatted_caught(t: *mut Thing) {
    catch(t, || breaks_formatted(t))
}

#[inline(never)]
fn frame(t: *mut Thing, depth: i32) {
    let _first = Holder::new(t);
    if depth > 1 {
        frame(t, depth - 1)
    } else {
        breaks(t)
    }
    unsafe { (*t).used += 1 }
}

#[inline(never)]
fn bare_frame(t: *mut Thing, depth: i32) {
    if depth > 1 {
        bare_frame(t, depth - 1)
    } else {
        breaks(t)
    }
    unsafe { (*t).used += 1 }
}

#[inline(never)]
fn frames(t: *mut Thing, depth: i32) {
    catch(t, || frame(t, depth))
}

#[inline(never)]
fn bare_frames(t: *mut Thing, depth: i32) {
    catch(t, || bare_frame(t, depth))
}

// ---- The real function ----

#[inline(never)]
fn process(account: &Mutex<i64>, size: usize) {
    let mut entries = account.lock().unwrap();
    let mut buffer: Vec<u8> = Vec::with_capacity(size);
    buffer.resize(size, 1);
    barrier(buffer.as_mut_ptr());
    *entries += 1;
}

fn expect(condition: bool, what: &str) {
    if !condition {
        eprintln!("wrong: {}", what);
        exit(1);
    }
}

// Nanoseconds of one of all iterations, from the start of the first thread to
// the end of the last.
fn threads(count: usize, total: i64) -> f64 {
    let cores = std::thread::available_parallelism().unwrap().get();
    let count = if count == CORES { cores } else { count };
    let iterations = total / count as i64 + 1;
    let barrier = Barrier::new(count);
    let origin = Instant::now();
    let times: Vec<(f64, f64)> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..count)
            .map(|_| {
                scope.spawn(|| {
                    let account = Mutex::new(0);
                    for _ in 0..100 {
                        process(&account, 1024)
                    }
                    *account.lock().unwrap() = 0;
                    barrier.wait();
                    let start = origin.elapsed().as_nanos() as f64;
                    for _ in 0..iterations {
                        process(&account, 1024)
                    }
                    let end = origin.elapsed().as_nanos() as f64;
                    let entries = account.try_lock().map(|n| *n).unwrap_or(0);
                    expect(entries == iterations, "entries are missing");
                    (start, end)
                })
            })
            .collect();
        started.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let start = times.iter().map(|t| t.0).fold(f64::INFINITY, f64::min);
    let end = times.iter().map(|t| t.1).fold(0.0, f64::max);
    (end - start) / (iterations * count as i64) as f64
}

fn run_loop_of(count: i64) {
    unsafe { DIGEST = 0 }
    run_loop(count)
}

// Runs a workload n times: its own loop each, so that nothing is called by
// pointer.
fn repeat(name: &str, t: *mut Thing, account: &Mutex<i64>, n: i64) {
    match name {
        "defer-1" => (0..n).for_each(|_| defer_1(t)),
        "defer-4" => (0..n).for_each(|_| defer_4(t)),
        "defer-bare" => (0..n).for_each(|_| defer_bare(t)),
        "loop-1000" => (0..n).for_each(|_| run_loop_of(1000)),
        "loop-1000000" => (0..n).for_each(|_| run_loop_of(1000000)),
        "landing" => (0..n).for_each(|_| landing(t)),
        "panic" => (0..n).for_each(|_| panic_caught(t)),
        "frames-10" => (0..n).for_each(|_| frames(t, 10)),
        "frames-100" => (0..n).for_each(|_| frames(t, 100)),
        "bare-100" => (0..n).for_each(|_| bare_frames(t, 100)),
        "message-literal" => (0..n).for_each(|_| literal_caught(t)),
        "message-formatted" => (0..n).for_each(|_| formatted_caught(t)),
        _ => (0..n).for_each(|_| process(account, 1024)),
    }
}

const CORES: usize = usize::MAX;

// Name; what one iteration releases, catches, and runs in a loop; threads.
const WORKLOADS: [(&str, i64, i64, i64, usize); 16] = [
    ("defer-1", 1, 0, 0, 0),
    ("defer-4", 4, 0, 0, 0),
    ("defer-bare", 1, 0, 0, 0),
    ("loop-1000", 0, 0, 1000, 0),
    ("loop-1000000", 0, 0, 1000000, 0),
    ("landing", 0, 0, 0, 0),
    ("panic", 0, 1, 0, 0),
    ("frames-10", 10, 1, 0, 0),
    ("frames-100", 100, 1, 0, 0),
    ("bare-100", 0, 1, 0, 0),
    ("message-literal", 0, 1, 0, 0),
    ("message-formatted", 0, 1, 0, 0),
    ("real", 0, 0, 0, 0),
    ("threads-1", 0, 0, 0, 1),
    ("threads-cores", 0, 0, 0, CORES),
    ("threads-64", 0, 0, 0, 64),
];

// The digest of calls of release_number, last in first out.
fn digest_of(count: i64) -> i64 {
    (0..count)
        .rev()
        .fold(0i64, |digest, i| digest.wrapping_mul(3).wrapping_add(i))
}

fn measure(w: &(&str, i64, i64, i64, usize), n: i64) {
    let mut thing = Thing::default();
    let t: *mut Thing = &mut thing;
    barrier(t);
    let account = Mutex::new(0);
    let (name, released, caught, numbers, count) = *w;

    panic::set_hook(Box::new(|_| {}));
    if count > 0 {
        println!("ns={:.3}", threads(count, n));
        return;
    }
    repeat(name, t, &account, 1);
    unsafe {
        *t = Thing::default();
        NUMBERS = 0;
    }
    *account.lock().unwrap() = 0;
    let begin = Instant::now();
    repeat(name, t, &account, n);
    let elapsed = begin.elapsed().as_nanos() as f64;
    let thing = unsafe { &*t };
    expect(thing.acquired == thing.released, "not all was released");
    expect(thing.released == released * n, "cleanups were skipped");
    expect(thing.caught == caught * n, "failures were not caught");
    unsafe {
        expect(NUMBERS == numbers * n, "calls of the loop were skipped");
        expect(numbers == 0 || DIGEST == digest_of(numbers),
               "calls of the loop were not run last in first out");
    }
    let entries = account.try_lock().map(|n| *n).unwrap_or(-1);
    expect(entries == if name == "real" { n } else { 0 },
           "entries are missing");
    print!("ns={:.3}", elapsed / n as f64);
    if numbers >= 1000000 {
        print!(" bytes={:.2}", unsafe { BYTES });
    }
    println!();
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    for w in WORKLOADS.iter() {
        match arguments.len() {
            1 if arguments[0] == "--list" => println!("{}", w.0),
            2 if arguments[0] == w.0 => {
                measure(w, arguments[1].parse().unwrap())
            }
            _ => (),
        }
    }
}
