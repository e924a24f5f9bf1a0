// Program cert-manager runs one part of cert-manager: the controllers that issue by authorities of the cluster, cainjector, or
// the webhook. Its own main packages are modules that no proxy serves, so this one starts the same parts from its main module,
// and has a name below that one's, since the webhook is among its internal packages.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"

	"k8s.io/klog/v2"
	controllerruntime "sigs.k8s.io/controller-runtime"
)

// settings is what the command line says; cainjector takes its kubeconfig from a flag that controller-runtime defines.
type settings struct {
	kubeconfig string
	port       int
	healthPort int
	host       string
}

func main() {
	if len(os.Args) < 2 {
		log.Fatal("usage: cert-manager controller|cainjector|webhook [flags]")
	}
	part, args := os.Args[1], os.Args[2:]
	var given settings
	flag.IntVar(&given.port, "port", 0, "port of the webhook")
	flag.IntVar(&given.healthPort, "health-port", 0, "port on which the webhook says that it lives")
	flag.StringVar(&given.host, "host", "localhost", "name under which the webhook is called")
	if err := flag.CommandLine.Parse(args); err != nil {
		log.Fatal(err)
	}
	given.kubeconfig = flag.Lookup("kubeconfig").Value.String()
	controllerruntime.SetLogger(klog.Background())
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, part, given); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, part string, given settings) error {
	switch part {
	case "controller":
		return runControllers(ctx, given)
	case "cainjector":
		return runInjector(ctx)
	case "webhook":
		return runWebhook(ctx, given)
	}
	log.Fatalf("cert-manager has no part %q", part)
	return nil
}
