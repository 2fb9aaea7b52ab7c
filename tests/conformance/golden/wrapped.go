package main

import (
	"errors"
	"fmt"
)

func main() {
	defer func() {
		panic(fmt.Errorf("wrapped: %w", recover().(error)))
	}()
	panic(errors.New("cause"))
}
