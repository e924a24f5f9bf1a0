// Uses every verb of Volcano's generated client on every kind that its charts install, and prints what went wrong.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"volcano.sh/apis/pkg/client/clientset/versioned"
)

// namespace is where the objects go that are in one; the caller has made it.
const namespace = "go-client"

// patience is how long anything that comes by itself may take.
const patience = 30 * time.Second

// finding is one line of output: what was asked of a kind, and what is wrong with the answer.
type finding struct {
	Kind    string `json:"kind"`
	Ask     string `json:"ask"`
	Problem string `json:"problem"`
}

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		exit(err)
	}
	config.QPS, config.Burst = 200, 400
	client, err := versioned.NewForConfig(config)
	if err != nil {
		exit(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	askAll(ctx, client)
}

func exit(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(2)
}

// report prints a finding as one line of JSON.
func report(kind, ask string, err error) {
	line := finding{Kind: kind, Ask: ask}
	if err != nil {
		line.Problem = err.Error()
	}
	text, err := json.Marshal(line)
	if err != nil {
		exit(err)
	}
	fmt.Println(string(text))
}
