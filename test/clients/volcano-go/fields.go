package main

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// knowsFields sends an object in which every field of the Go type is filled. Most of the values are nonsense; a
// server that does not know a field says so before it looks at values.
func knowsFields[O object, L runtime.Object, A any](ctx context.Context, k kind[O, L, A]) error {
	full := k.make("full").DeepCopyObject().(O)
	value := reflect.ValueOf(full).Elem()
	for _, part := range []string{"Spec", "Status", "Action", "TargetObject", "Reason", "Message"} {
		if field := value.FieldByName(part); field.IsValid() {
			fill(field, 0)
		}
	}
	_, err := k.client.Create(ctx, full, metav1.CreateOptions{DryRun: []string{"All"}, FieldValidation: "Strict"})
	if err != nil && (strings.Contains(err.Error(), "unknown field") || strings.Contains(err.Error(), "strict decoding")) {
		return err
	}
	return nil
}

var filled = map[reflect.Type]any{
	reflect.TypeFor[metav1.Time]():        metav1.NewTime(time.Unix(1_800_000_000, 0)),
	reflect.TypeFor[metav1.MicroTime]():   metav1.NewMicroTime(time.Unix(1_800_000_000, 0)),
	reflect.TypeFor[metav1.Duration]():    metav1.Duration{Duration: time.Minute},
	reflect.TypeFor[resource.Quantity]():  resource.MustParse("1"),
	reflect.TypeFor[intstr.IntOrString](): intstr.FromInt32(1),
	// A template's own metadata and fields are the cluster's business.
	reflect.TypeFor[metav1.ObjectMeta](): metav1.ObjectMeta{Labels: map[string]string{"a": "b"}, Annotations: map[string]string{"a": "b"}},
	reflect.TypeFor[metav1.FieldsV1]():   metav1.FieldsV1{Raw: []byte("{}")},
}

const deepest = 30

// fill sets every field below a value to something that is not left out.
func fill(value reflect.Value, depth int) {
	if depth > deepest || !value.CanSet() {
		return
	}
	if known, ok := filled[value.Type()]; ok {
		value.Set(reflect.ValueOf(known))
		return
	}
	switch value.Kind() {
	case reflect.Struct:
		for at := range value.NumField() {
			fill(value.Field(at), depth+1)
		}
	case reflect.Pointer:
		value.Set(reflect.New(value.Type().Elem()))
		fill(value.Elem(), depth+1)
	case reflect.Slice:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			value.SetBytes([]byte("x"))
			return
		}
		value.Set(reflect.MakeSlice(value.Type(), 1, 1))
		fill(value.Index(0), depth+1)
	case reflect.Map:
		key, element := reflect.New(value.Type().Key()).Elem(), reflect.New(value.Type().Elem()).Elem()
		fill(key, depth+1)
		fill(element, depth+1)
		value.Set(reflect.MakeMap(value.Type()))
		value.SetMapIndex(key, element)
	case reflect.String:
		value.SetString("x")
	case reflect.Bool:
		value.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		value.SetInt(1)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		value.SetUint(1)
	case reflect.Float32, reflect.Float64:
		value.SetFloat(1)
	default:
		exit(fmt.Errorf("a field of type %s cannot be filled", value.Type()))
	}
}
