package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/retry"
)

const (
	label   = "volcano-go/tried"
	manager = "volcano-go"
)

var (
	ofTrial  = metav1.ListOptions{LabelSelector: label}
	allVerbs = []string{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}
)

// ask tries everything that a client does with one kind. An object called "kept" stays for whoever prints tables.
func ask[O object, L runtime.Object, A any](ctx context.Context, found discovery.DiscoveryInterface, k kind[O, L, A]) {
	do := func(what string, try func() error) { report(k.name, what, try()) }
	do("discovery", func() error { return discovered(found, k.group+"/"+k.version, k.name, k.resource, k.status != nil) })
	do("fields", func() error { return knowsFields(ctx, k) })
	events, err := k.client.Watch(ctx, ofTrial)
	if err != nil {
		report(k.name, "watch", err)
		return
	}
	defer events.Stop()
	do("create", func() error { return created(ctx, k, "first") })
	do("dry run", func() error { return triedDry(ctx, k) })
	do("get", func() error { _, err := k.client.Get(ctx, "first", metav1.GetOptions{}); return err })
	do("list", func() error { return listed(ctx, k) })
	do("update", func() error { return updated(ctx, k) })
	do("conflict", func() error { return conflicted(ctx, k) })
	do("patch", func() error { return patched(ctx, k) })
	if k.status != nil {
		do("update status", func() error { return statusUpdated(ctx, k) })
		do("apply status", func() error { return statusApplied(ctx, k) })
	}
	do("apply", func() error { return applied(ctx, k) })
	do("informer", func() error { return informed(ctx, k) })
	do("delete", func() error { return deleted(ctx, k) })
	do("watch", func() error { return watched(ctx, events, k.name) })
	do("delete collection", func() error { return collected(ctx, k) })
}

func discovered(found discovery.DiscoveryInterface, groupVersion, name, resource string, hasStatus bool) error {
	list, err := found.ServerResourcesForGroupVersion(groupVersion)
	if err != nil {
		return err
	}
	at := func(path string) *metav1.APIResource {
		for i, each := range list.APIResources {
			if each.Name == path {
				return &list.APIResources[i]
			}
		}
		return nil
	}
	main := at(resource)
	if main == nil || main.Kind != name {
		return fmt.Errorf("%s is not served as %s", name, resource)
	}
	for _, verb := range allVerbs {
		if !slices.Contains(main.Verbs, verb) {
			return fmt.Errorf("no verb %s", verb)
		}
	}
	if (at(resource+"/status") != nil) != hasStatus {
		return fmt.Errorf("a status of its own is expected: %t", hasStatus)
	}
	return nil
}

func created[O object, L runtime.Object, A any](ctx context.Context, k kind[O, L, A], name string) error {
	made, err := k.client.Create(ctx, labelled(k.make(name)), metav1.CreateOptions{FieldValidation: "Strict"})
	if err == nil && made.GetUID() == "" {
		err = errors.New("what is given back has no UID")
	}
	return err
}

func triedDry[O object, L runtime.Object, A any](ctx context.Context, k kind[O, L, A]) error {
	if _, err := k.client.Create(ctx, k.make("dry"), metav1.CreateOptions{DryRun: []string{"All"}}); err != nil {
		return err
	}
	return expectGone(k.client.Get(ctx, "dry", metav1.GetOptions{}))
}

func listed[O object, L runtime.Object, A any](ctx context.Context, k kind[O, L, A]) error {
	if err := created(ctx, k, "second"); err != nil {
		return err
	}
	names, next := []string{}, ""
	for {
		page, err := k.client.List(ctx, metav1.ListOptions{LabelSelector: label, Limit: 1, Continue: next})
		if err != nil {
			return err
		}
		if err := meta.EachListItem(page, func(each runtime.Object) error {
			names = append(names, each.(O).GetName())
			return nil
		}); err != nil {
			return err
		}
		list, err := meta.ListAccessor(page)
		if err != nil {
			return err
		}
		if next = list.GetContinue(); next == "" {
			break
		}
	}
	if !slices.Equal(names, []string{"first", "second"}) {
		return fmt.Errorf("the pages hold %v", names)
	}
	return nil
}

func updated[O object, L runtime.Object, A any](ctx context.Context, k kind[O, L, A]) error {
	return retry.RetryOnConflict(retry.DefaultRetry, func() error {
		got, err := k.client.Get(ctx, "first", metav1.GetOptions{})
		if err != nil {
			return err
		}
		got.SetAnnotations(map[string]string{label: "updated"})
		got, err = k.client.Update(ctx, got, metav1.UpdateOptions{FieldValidation: "Strict"})
		if err == nil && got.GetAnnotations()[label] != "updated" {
			err = errors.New("the update is not there")
		}
		return err
	})
}

func conflicted[O object, L runtime.Object, A any](ctx context.Context, k kind[O, L, A]) error {
	got, err := k.client.Get(ctx, "first", metav1.GetOptions{})
	if err != nil {
		return err
	}
	got.SetResourceVersion("1")
	got.SetAnnotations(map[string]string{label: "stale"})
	if _, err = k.client.Update(ctx, got, metav1.UpdateOptions{}); !apierrors.IsConflict(err) {
		return fmt.Errorf("a stale update is answered: %v", err)
	}
	return nil
}

func patched[O object, L runtime.Object, A any](ctx context.Context, k kind[O, L, A]) error {
	for kindOf, patch := range map[types.PatchType]string{
		types.MergePatchType: `{"metadata":{"annotations":{"merge":"yes"}}}`,
		types.JSONPatchType:  `[{"op":"add","path":"/metadata/labels/json","value":"yes"}]`,
	} {
		if _, err := k.client.Patch(ctx, "first", kindOf, []byte(patch), metav1.PatchOptions{}); err != nil {
			return fmt.Errorf("%s: %w", kindOf, err)
		}
	}
	got, err := k.client.Get(ctx, "first", metav1.GetOptions{})
	if err == nil && (got.GetAnnotations()["merge"] != "yes" || got.GetLabels()["json"] != "yes") {
		err = errors.New("a patch is not there")
	}
	return err
}

func applied[O object, L runtime.Object, A any](ctx context.Context, k kind[O, L, A]) error {
	for _, labels := range []map[string]string{{"kept": "yes"}, {"kept": "yes", "more": "yes"}, {"kept": "yes"}} {
		got, err := k.client.Apply(ctx, k.apply("kept", labels), metav1.ApplyOptions{FieldManager: manager, Force: true})
		if err != nil {
			return err
		}
		if got.GetLabels()["more"] != labels["more"] {
			return fmt.Errorf("applying %v leaves %v", labels, got.GetLabels())
		}
	}
	return nil
}

func statusUpdated[O object, L runtime.Object, A any](ctx context.Context, k kind[O, L, A]) error {
	return retry.RetryOnConflict(retry.DefaultRetry, func() error {
		got, err := k.client.Get(ctx, "first", metav1.GetOptions{})
		if err != nil {
			return err
		}
		k.status.set(got)
		got.SetAnnotations(map[string]string{label: "by status"})
		got, err = k.status.client.UpdateStatus(ctx, got, metav1.UpdateOptions{FieldValidation: "Strict"})
		if err == nil && !k.status.read(got) {
			err = errors.New("the status is not there")
		}
		if err == nil && got.GetAnnotations()[label] == "by status" {
			err = errors.New("more than the status was written")
		}
		return err
	})
}

func statusApplied[O object, L runtime.Object, A any](ctx context.Context, k kind[O, L, A]) error {
	got, err := k.status.client.ApplyStatus(ctx, k.status.apply("second"), metav1.ApplyOptions{FieldManager: manager, Force: true})
	if err == nil && !k.status.read(got) {
		err = errors.New("the status is not there")
	}
	return err
}

func informed[O object, L runtime.Object, A any](ctx context.Context, k kind[O, L, A]) error {
	if !cache.WaitForCacheSync(ctx.Done(), k.informer.HasSynced) {
		return errors.New("the informer never held all")
	}
	return wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, patience, true, func(context.Context) (bool, error) {
		names := k.informer.GetStore().ListKeys()
		return slices.ContainsFunc(names, func(key string) bool { return strings.HasSuffix("/"+key, "/kept") }), nil
	})
}

func deleted[O object, L runtime.Object, A any](ctx context.Context, k kind[O, L, A]) error {
	got, err := k.client.Get(ctx, "first", metav1.GetOptions{})
	if err != nil {
		return err
	}
	uid, policy := got.GetUID(), metav1.DeletePropagationForeground
	options := metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}, PropagationPolicy: &policy}
	if err := k.client.Delete(ctx, "first", options); err != nil {
		return err
	}
	return k.gone(ctx, "first")
}

func collected[O object, L runtime.Object, A any](ctx context.Context, k kind[O, L, A]) error {
	if err := k.client.DeleteCollection(ctx, metav1.DeleteOptions{}, ofTrial); err != nil {
		return err
	}
	if err := k.gone(ctx, "second"); err != nil {
		return err
	}
	_, err := k.client.Get(ctx, "kept", metav1.GetOptions{})
	return err
}

func watched(ctx context.Context, events watch.Interface, name string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	seen := []watch.EventType{}
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the watch saw %v of %s first", seen, name)
		case event, open := <-events.ResultChan():
			if !open || event.Type == watch.Error {
				return fmt.Errorf("the watch ended after %v: %v", seen, event.Object)
			}
			each, err := meta.Accessor(event.Object)
			if err != nil {
				return err
			}
			if each.GetName() != "first" {
				continue
			}
			if seen = slices.Compact(append(seen, event.Type)); event.Type != watch.Deleted {
				continue
			}
			if !slices.Equal(seen, []watch.EventType{watch.Added, watch.Modified, watch.Deleted}) {
				return fmt.Errorf("the watch saw %v", seen)
			}
			return nil
		}
	}
}

func (k kind[O, L, A]) gone(ctx context.Context, name string) error {
	return wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		return expectGone(k.client.Get(ctx, name, metav1.GetOptions{})) == nil, nil
	})
}

func expectGone(_ any, err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return fmt.Errorf("it is expected to be absent, and Get says: %v", err)
}

func labelled[O object](made O) O {
	made.SetLabels(map[string]string{label: "yes"})
	return made
}
