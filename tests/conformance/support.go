// SPDX-License-Identifier: MIT

// What the random programs share, and the main function that runs each of
// them in a process of its own.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// The state of a function that stands for a block of C: which of its calls
// run because it completes, and which because it does not.
type frame struct {
	ok   bool // it completes
	born int  // how many exits there had been
	code *int // how it is left: 0 after a recovery
}

// How many times the goroutine has exited.
var exits int

// What says when a deferred call runs, if at all.
type mode struct{ done bool }

var failure, success = &mode{}, &mode{}

func enter(code *int) *frame {
	return &frame{born: exits, code: code}
}

// What every function defers first, in a loop.
func (f *frame) over() { f.ok = false }

// A deferred call begins: while it runs, its block does not complete.
func (f *frame) begin() bool {
	was := f.ok
	f.ok = false
	return was
}

// A deferred call ends normally, if `h`, its own frame, did.
func (f *frame) end(h *frame, was *bool) {
	if h.ok {
		f.ok = *was
	}
}

// A deferred call has recovered: its block completes, unless by an exit.
func (f *frame) landed(was *bool) {
	*was = f.born == exits
	if f.code != nil {
		*f.code = 0
	}
}

// Whether a call is not to be run.
func (f *frame) skips(m *mode) bool {
	switch m {
	case nil:
		return false
	case failure:
		return f.ok
	case success:
		return !f.ok
	}
	done := m.done
	m.done = true
	return done
}

// An attempt: what it caught.
type try struct {
	caught bool
	p      any
}

func (t *try) catch(code *int) {
	if p := recover(); p != nil {
		t.caught, t.p = true, p
		*code = 0
	}
}

// A panic of a kind of the library that Go does not have.
type failed struct {
	kind, message string
	code          int
}

func (f *failed) Error() string { return f.message }

func exit() {
	exits++
	runtime.Goexit()
}

var zero int
var nothing *int
var three [3]int

func failNull()     { *nothing = 1 }
func failIndex()    { three[zero+5] = 1 }
func failNegative() { three[zero-4] = 1 }
func failDivide()   { three[0] = 7 / zero }
func failShift()    { three[0] = 1 << (zero - 1) }
func failOverflow() {
	panic(&failed{"overflow error",
		"runtime error: integer overflow: 2147483647 + 1", 0})
}
func failNil() {
	panic(&failed{"runtime error", "panic called with nil argument", 0})
}

func say(line string) { os.Stdout.WriteString(line) }

func event(id, value int) {
	say(strconv.Itoa(id) + " " + strconv.Itoa(value) + "\n")
}

func mix(value, constant int) int { return (value*7 + constant) % 97 }

func describe(id int, p any) {
	kind, message, code := "panic", "", 0
	switch v := p.(type) {
	case nil:
		say(strconv.Itoa(id) + " nothing\n")
		return
	case string:
		message = v
	case *failed:
		kind, message, code = v.kind, v.message, v.code
	case error:
		message = v.Error()
		kind = kindOf(message)
	}
	say(strconv.Itoa(id) + " " + kind + ", " + message + ", " +
		strconv.Itoa(code) + "\n")
}

func kindOf(message string) string {
	for _, kind := range []string{"null", "index", "divide", "shift"} {
		words := map[string]string{"null": "nil pointer", "shift": "shift",
			"index": "index", "divide": "divide"}
		if strings.Contains(message, words[kind]) {
			return kind + " error"
		}
	}
	return "runtime error"
}

type program struct {
	number   int
	run      func(int) int
	inThread bool
}

// The stack does not move while a program runs.
//
//go:noinline
func grow(depth int) byte {
	var room [64 << 10]byte
	if depth > 0 {
		room[depth] = grow(depth - 1)
	}
	return room[depth]
}

func run(p *program) {
	debug.SetGCPercent(-1)
	returned := false
	go func() {
		grow(16)
		value := p.run(1)
		returned = true
		say("end " + strconv.Itoa(value) + "\n")
	}()
	// One that panics never ends: the process does.
	for runtime.NumGoroutine() > 1 {
		runtime.Gosched()
	}
	if !returned {
		say("end exit\n")
	}
}

func main() {
	if len(os.Args) > 1 {
		i, _ := strconv.Atoi(os.Args[1])
		os.Stderr = os.Stdout
		run(&programs[i])
		return
	}
	for i := range programs {
		command := exec.Command(os.Args[0], strconv.Itoa(i))
		output, _ := command.CombinedOutput()
		fmt.Printf("\n=== %d\n%s\n=== status %d\n", programs[i].number,
			output, command.ProcessState.ExitCode())
	}
}
