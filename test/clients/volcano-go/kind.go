package main

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
)

// object is what every kind's Go type is.
type object interface {
	metav1.Object
	runtime.Object
	comparable
}

// verbs is what the generated client of every kind can do; O is the kind, L its list, A its apply configuration.
type verbs[O object, L runtime.Object, A any] interface {
	Create(context.Context, O, metav1.CreateOptions) (O, error)
	Update(context.Context, O, metav1.UpdateOptions) (O, error)
	Delete(context.Context, string, metav1.DeleteOptions) error
	DeleteCollection(context.Context, metav1.DeleteOptions, metav1.ListOptions) error
	Get(context.Context, string, metav1.GetOptions) (O, error)
	List(context.Context, metav1.ListOptions) (L, error)
	Watch(context.Context, metav1.ListOptions) (watch.Interface, error)
	Patch(context.Context, string, types.PatchType, []byte, metav1.PatchOptions, ...string) (O, error)
	Apply(context.Context, A, metav1.ApplyOptions) (O, error)
}

// statusVerbs is what a kind with a status can do beside that.
type statusVerbs[O object, A any] interface {
	UpdateStatus(context.Context, O, metav1.UpdateOptions) (O, error)
	ApplyStatus(context.Context, A, metav1.ApplyOptions) (O, error)
}

// kind is one kind and how it is tried.
type kind[O object, L runtime.Object, A any] struct {
	group    string
	version  string
	name     string
	resource string
	client   verbs[O, L, A]
	informer cache.SharedIndexInformer
	// make gives an object that is accepted.
	make func(name string) O
	// apply gives what a manager applies.
	apply func(name string, labels map[string]string) A
	// status is nil where Volcano's definition has no such subresource.
	status *status[O, A]
}

// status is how the subresource is tried.
type status[O object, A any] struct {
	client statusVerbs[O, A]
	set    func(O)
	read   func(O) bool
	apply  func(name string) A
}
