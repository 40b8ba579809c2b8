// The part of the PJRT C API, version 0, that the cache needs. Every struct
// begins with its size and a chain of extensions, and the table of entry points
// grows at its end only.

#pragma once
#include <stddef.h>

typedef struct {
  size_t size;
  void *extension;
  struct {
    size_t size;
    void *extension;
    int major, minor;
  } version;
  void *entry[];
} pjrt_api;

typedef struct {
  size_t size;
  void *extension;
  const char *code;
  size_t code_size;
  const char *format;
  size_t format_size;
} pjrt_program;

typedef struct {
  size_t size;
  void *extension;
  void *client;
  const pjrt_program *program;
  const char *options;
  size_t options_size;
  void *executable; // out
} pjrt_compile_args;

// A serialized executable, to be released with its owner.
typedef struct {
  const char *bytes;
  size_t size;
  void *owner;
  void (*release)(void *owner);
} pjrt_bytes;

// pjrt_open loads a plugin and gives a copy of its table in which
// stellaraeCompile stands for the plugin's own compilation. NULL if the plugin
// does not load, speaks another version, or is not the one of an earlier call.
pjrt_api *pjrt_open(const char *path);

// pjrt_compile is the plugin's own compilation: NULL, or an error that is the
// caller's.
void *pjrt_compile(pjrt_compile_args *args);

// pjrt_load sets args->executable from the bytes of a serialized executable.
// Like pjrt_serialize it gives 0 where the plugin cannot.
int pjrt_load(pjrt_compile_args *args, const char *bytes, size_t size);
int pjrt_serialize(void *executable, pjrt_bytes *out);
void pjrt_release(pjrt_bytes *bytes);
