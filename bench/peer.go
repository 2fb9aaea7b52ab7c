// SPDX-License-Identifier: MIT
//
// peer.go - Go: defer, panic and recover, after which the library is made.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"
)

type thing struct {
	broken, whole                    bool
	acquired, used, released, caught int
}

type account struct {
	lock    sync.Mutex
	entries int
	_       [112]byte
}

var (
	t               thing
	numbers, digest int
	bytes           float64
	failure         interface{} = new(thing)
	heap            uint64
)

//go:noinline
func acquire(t *thing) {
	if t.broken {
		panic(failure)
	}
	t.acquired++
}

//go:noinline
func use(t *thing) {
	if t.broken {
		panic(failure)
	}
	t.used++
}

//go:noinline
func release(t *thing) { t.released++ }

//go:noinline
func releaseNumber(number int) {
	digest = digest*3 + number
	numbers++
}

//go:noinline
func defer1(t *thing) {
	acquire(t)
	defer release(t)
	use(t)
}

//go:noinline
func defer4(t *thing) {
	acquire(t)
	defer release(t)
	acquire(t)
	defer release(t)
	acquire(t)
	defer release(t)
	acquire(t)
	defer release(t)
	use(t)
}

//go:noinline
func deferBare(t *thing) {
	t.acquired++
	defer release(t)
}

func inUse() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}

//go:noinline
func loop(count int) {
	for i := 0; i < count; i++ {
		defer releaseNumber(i)
	}
	if heap != 0 {
		bytes = float64(inUse()-heap) / float64(count)
		heap = 0
	}
}

// ---- Failing ----

//go:noinline
func breaks(t *thing) {
	if !t.whole {
		panic(failure)
	}
}

//go:noinline
func breaksLiteral(t *thing) {
	if !t.whole {
		panic("broken")
	}
}

//go:noinline
func breaksFormatted(t *thing) {
	if !t.whole {
		order := 4711
		if t.broken {
			order++
		}
		panic(fmt.Sprintf("broken: order %d of %s", order, "somebody"))
	}
}

//go:noinline
func onFailure(t *thing) {
	if recover() != nil {
		t.caught++
	}
}

//go:noinline
func landing(t *thing) {
	defer onFailure(t)
	use(t)
}

//go:noinline
func panicCaught(t *thing) {
	defer onFailure(t)
	breaks(t)
}

//go:noinline
func literalCaught(t *thing) {
	defer onFailure(t)
	breaksLiteral(t)
}

//go:noinline
func formattedCaught(t *thing) {
	defer onFailure(t)
	breaksFormatted(t)
}

//go:noinline
func frame(t *thing, depth int) {
	acquire(t)
	defer release(t)
	if depth > 1 {
		frame(t, depth-1)
	} else {
		breaks(t)
	}
	t.used++
}

//go:noinline
func bareFrame(t *thing, depth int) {
	if depth > 1 {
		bareFrame(t, depth-1)
	} else {
		breaks(t)
	}
	t.used++
}

//go:noinline
func frames(t *thing, depth int) {
	defer onFailure(t)
	frame(t, depth)
}

//go:noinline
func bareFrames(t *thing, depth int) {
	defer onFailure(t)
	bareFrame(t, depth)
}

//go:noinline
func null(t *thing) {
	defer onFailure(t)
	var nothing *thing
	if t.whole {
		nothing = t
	}
	t.used += nothing.used
}

// ---- The real function ----

//go:noinline
func note(a *account, buffer []byte) {
	a.entries += int(buffer[len(buffer)/2])
}

// What fills the buffer: copying is the fastest way that the language has.
var ones = [1024]byte{512: 1}

// The buffer is on the heap, for its size is not known; the collector takes
// it back.
//
//go:noinline
func process(a *account, size int) {
	a.lock.Lock()
	defer a.lock.Unlock()
	buffer := make([]byte, size)
	copy(buffer, ones[:])
	note(a, buffer)
}

func expect(condition bool, what string) {
	if !condition {
		fmt.Fprintln(os.Stderr, "wrong:", what)
		os.Exit(1)
	}
}

func threads(count, iterations int) time.Duration {
	accounts := make([]account, count)
	var ready, done sync.WaitGroup
	start := make(chan bool)
	for i := range accounts {
		ready.Add(1)
		done.Add(1)
		go func(a *account) {
			ready.Done()
			<-start
			for n := 0; n < iterations; n++ {
				process(a, 1024)
			}
			done.Done()
		}(&accounts[i])
	}
	ready.Wait()
	begin := time.Now()
	close(start)
	done.Wait()
	elapsed := time.Since(begin)
	for i := range accounts {
		expect(accounts[i].entries == iterations, "entries are missing")
		expect(accounts[i].lock.TryLock(), "the lock was not released")
	}
	return elapsed / time.Duration(count)
}

type workload struct {
	name                      string
	released, caught, numbers int
	run                       func()
}

var here account

var workloads = []workload{
	{"defer-1", 1, 0, 0, func() { defer1(&t) }},
	{"defer-4", 4, 0, 0, func() { defer4(&t) }},
	{"defer-bare", 1, 0, 0, func() { deferBare(&t) }},
	{"loop-1000", 0, 0, 1000, func() { digest = 0; loop(1000) }},
	{"loop-1000000", 0, 0, 1000000, func() { digest = 0; loop(1000000) }},
	{"landing", 0, 0, 0, func() { landing(&t) }},
	{"panic", 0, 1, 0, func() { panicCaught(&t) }},
	{"panic-deferred", 0, 1, 0, func() { panicCaught(&t) }},
	{"frames-10", 10, 1, 0, func() { frames(&t, 10) }},
	{"frames-100", 100, 1, 0, func() { frames(&t, 100) }},
	{"bare-100", 0, 1, 0, func() { bareFrames(&t, 100) }},
	{"message-literal", 0, 1, 0, func() { literalCaught(&t) }},
	{"message-formatted", 0, 1, 0, func() { formattedCaught(&t) }},
	{"fault", 0, 1, 0, func() { null(&t) }},
	{"fault-deferred", 0, 1, 0, func() { null(&t) }},
	{"real", 0, 0, 0, func() { process(&here, 1024) }},
	{"threads-1", 1, 0, 0, nil},
	{"threads-cores", runtime.NumCPU(), 0, 0, nil},
	{"threads-64", 64, 0, 0, nil},
}

// A loop of its own for what is so short that calling by pointer counts.
func repeat(w *workload, n int) {
	switch w.name {
	case "defer-1":
		for ; n > 0; n-- {
			defer1(&t)
		}
	case "defer-4":
		for ; n > 0; n-- {
			defer4(&t)
		}
	case "defer-bare":
		for ; n > 0; n-- {
			deferBare(&t)
		}
	case "landing":
		for ; n > 0; n-- {
			landing(&t)
		}
	default:
		for ; n > 0; n-- {
			w.run()
		}
	}
}

// The digest of calls of releaseNumber, last in first out.
func digestOf(count int) int {
	expected := 0
	for count > 0 {
		count--
		expected = expected*3 + count
	}
	return expected
}

func check(w *workload, n int) {
	expect(t.acquired == t.released, "not all was released")
	expect(t.released == w.released*n, "cleanups were skipped, or run twice")
	expect(t.caught == w.caught*n, "failures were not caught")
	expect(numbers == w.numbers*n, "calls of the loop were skipped")
	expect(w.numbers == 0 || digest == digestOf(w.numbers),
		"calls of the loop were not run last in first out")
	expect(w.name != "real" || here.entries == n, "entries are missing")
	expect(here.lock.TryLock(), "the lock was not released")
}

func measure(w *workload, n int) {
	if w.run == nil {
		n = n/w.released + 1
		elapsed := threads(w.released, n)
		fmt.Printf("ns=%.3f\n", float64(elapsed.Nanoseconds())/float64(n))
		return
	}
	if w.numbers >= 1000000 {
		heap = inUse()
	}
	repeat(w, 1)
	t = thing{}
	numbers = 0
	here.entries = 0
	begin := time.Now()
	repeat(w, n)
	elapsed := time.Since(begin)
	check(w, n)
	fmt.Printf("ns=%.3f", float64(elapsed.Nanoseconds())/float64(n))
	if bytes > 0 {
		fmt.Printf(" bytes=%.2f", bytes)
	}
	fmt.Println()
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--nothing" {
		return
	}
	for i := range workloads {
		w := &workloads[i]
		if len(os.Args) == 2 && os.Args[1] == "--list" {
			fmt.Println(w.name)
		}
		if len(os.Args) == 3 && os.Args[1] == w.name {
			n, err := strconv.Atoi(os.Args[2])
			expect(err == nil, "a number was expected")
			measure(w, n)
		}
	}
}
