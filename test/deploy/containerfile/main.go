// Reads a Containerfile with BuildKit's own parser, and the files of a build context through its ignore file with the rules that
// BuildKit takes. Arguments: the Containerfile and the ignore file; standard input: paths of files, one a line.
// Standard output: JSON of what was understood. What is no Containerfile ends it with code 1.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

type command struct {
	Name    string   `json:"name"`
	Words   []string `json:"words"`
	From    string   `json:"from,omitempty"`
	IsShell bool     `json:"isShell"`
}

type stage struct {
	Name     string    `json:"name"`
	Base     string    `json:"base"`
	Platform string    `json:"platform"`
	Commands []command `json:"commands"`
}

type found struct {
	Warnings []string          `json:"warnings"`
	Args     map[string]string `json:"args"`
	Stages   []stage           `json:"stages"`
	Context  []string          `json:"context"`
}

func main() {
	result, err := read(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		panic(err)
	}
}

func read(path, ignorePath string) (*found, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	parsed, err := parser.Parse(file)
	if err != nil {
		return nil, err
	}
	result := &found{Warnings: []string{}, Args: map[string]string{}, Stages: []stage{}}
	for _, warning := range parsed.Warnings {
		result.Warnings = append(result.Warnings, warning.Short)
	}
	lint := linter.New(&linter.Config{
		Warn: func(rule, _, _, message string, _ []parser.Range) {
			result.Warnings = append(result.Warnings, rule+": "+message)
		},
	})
	stages, args, err := instructions.Parse(parsed.AST, lint)
	if err != nil {
		return nil, err
	}
	for _, one := range args {
		for _, pair := range one.Args {
			if pair.Value != nil {
				result.Args[pair.Key] = *pair.Value
			}
		}
	}
	for _, one := range stages {
		result.Stages = append(result.Stages, stageOf(one))
	}
	result.Context, err = context(ignorePath)
	return result, err
}

func stageOf(one instructions.Stage) stage {
	commands := []command{}
	for _, each := range one.Commands {
		commands = append(commands, commandOf(each))
	}
	return stage{Name: one.Name, Base: one.BaseName, Platform: one.Platform, Commands: commands}
}

func commandOf(each instructions.Command) command {
	result := command{Name: each.Name(), Words: []string{}}
	switch it := each.(type) {
	case *instructions.CopyCommand:
		result.From = it.From
		result.Words = append(append(result.Words, it.SourcePaths...), it.DestPath)
	case *instructions.UserCommand:
		result.Words = []string{it.User}
	case *instructions.WorkdirCommand:
		result.Words = []string{it.Path}
	case *instructions.ExposeCommand:
		result.Words = it.Ports
	case *instructions.EnvCommand:
		for _, pair := range it.Env {
			result.Words = append(result.Words, pair.Key+"="+pair.Value)
		}
	case *instructions.RunCommand:
		result.Words, result.IsShell = it.CmdLine, it.PrependShell
	case *instructions.EntrypointCommand:
		result.Words, result.IsShell = it.CmdLine, it.PrependShell
	case *instructions.CmdCommand:
		result.Words, result.IsShell = it.CmdLine, it.PrependShell
	}
	return result
}

// Paths of standard input that an ignore file lets into the context.
func context(ignorePath string) ([]string, error) {
	file, err := os.Open(ignorePath)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	patterns, err := ignorefile.ReadAll(file)
	if err != nil {
		return nil, err
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		return nil, err
	}
	kept := []string{}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		path := strings.TrimSpace(lines.Text())
		ignored, err := matcher.MatchesOrParentMatches(path)
		if err != nil {
			return nil, err
		}
		if !ignored {
			kept = append(kept, path)
		}
	}
	return kept, lines.Err()
}
