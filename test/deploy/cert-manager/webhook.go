package main

import (
	"context"
	"time"

	"github.com/cert-manager/cert-manager/internal/apis/config/shared"
	configuration "github.com/cert-manager/cert-manager/internal/apis/config/webhook"
	"github.com/cert-manager/cert-manager/internal/webhook"
	"k8s.io/klog/v2"
)

const (
	// Where the chart of cert-manager puts it, and what it calls the authority of its webhook.
	namespace       = "cert-manager"
	authoritySecret = "cert-manager-webhook-ca"
	leafLife        = 7 * 24 * time.Hour
)

func runWebhook(ctx context.Context, given settings) error {
	server, err := webhook.NewCertManagerWebhookServer(klog.Background(), configuration.WebhookConfiguration{
		KubeConfig:           given.kubeconfig,
		SecurePort:           int32(given.port),
		HealthzPort:          int32(given.healthPort),
		MetricsListenAddress: "0",
		TLSConfig: shared.TLSConfig{Dynamic: shared.DynamicServingConfig{
			SecretNamespace: namespace,
			SecretName:      authoritySecret,
			DNSNames:        []string{given.host},
			LeafDuration:    leafLife,
		}},
	})
	if err != nil {
		return err
	}
	return server.Run(ctx)
}
