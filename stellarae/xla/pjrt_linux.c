#include "pjrt_linux.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

extern void *stellaraeCompile(pjrt_compile_args *args);

// Positions in the table.
enum {
  ERROR_DESTROY = 0,
  CLIENT_COMPILE = 20,
  EXECUTABLE_DESTROY = 40,
  EXECUTABLE_SERIALIZE = 49,
  LOADED_EXECUTABLE_GET_EXECUTABLE = 51,
  EXECUTABLE_DESERIALIZE_AND_LOAD = 56,
  KNOWN
};

static const pjrt_api *plugin; // its own table

static void *call(int position, void *args) {
  return ((void *(*)(void *))plugin->entry[position])(args);
}

typedef struct {
  size_t size;
  void *extension, *object;
} object_args;

// succeeded frees an error.
static int succeeded(void *error) {
  if (!error) return 1;
  object_args args = {sizeof args, NULL, error};
  ((void (*)(void *))plugin->entry[ERROR_DESTROY])(&args);
  return 0;
}

pjrt_api *pjrt_open(const char *path) {
  void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL); // stays, as go-xla's does
  void *get = library ? dlsym(library, "GetPjrtApi") : NULL;
  const pjrt_api *api = get ? ((const pjrt_api *(*)(void))get)() : NULL;
  if (!api || api->version.major != 0 || api->size < offsetof(pjrt_api, entry[KNOWN])) return NULL;
  if (plugin && plugin != api) return NULL;
  pjrt_api *copy = malloc(api->size);
  if (!copy) return NULL;
  memcpy(copy, api, api->size);
  copy->entry[CLIENT_COMPILE] = (void *)stellaraeCompile;
  plugin = api;
  return copy;
}

void *pjrt_compile(pjrt_compile_args *args) { return call(CLIENT_COMPILE, args); }

int pjrt_load(pjrt_compile_args *compile, const char *bytes, size_t size) {
  struct {
    size_t size;
    void *extension, *client;
    const char *bytes;
    size_t bytes_size;
    void *executable; // out
    const char *options;
    size_t options_size;
  } args = {sizeof args, NULL, compile->client, bytes, size, NULL, compile->options, compile->options_size};
  if (!succeeded(call(EXECUTABLE_DESERIALIZE_AND_LOAD, &args))) return 0;
  compile->executable = args.executable;
  return 1;
}

int pjrt_serialize(void *loaded, pjrt_bytes *out) {
  struct {
    size_t size;
    void *extension, *loaded, *executable; // the last one out
  } get = {sizeof get, NULL, loaded, NULL};
  if (!succeeded(call(LOADED_EXECUTABLE_GET_EXECUTABLE, &get))) return 0;
  struct {
    size_t size;
    void *extension, *executable;
    pjrt_bytes out;
  } args = {sizeof args, NULL, get.executable, {0}};
  int ok = succeeded(call(EXECUTABLE_SERIALIZE, &args));
  object_args destroy = {sizeof destroy, NULL, get.executable};
  succeeded(call(EXECUTABLE_DESTROY, &destroy));
  *out = args.out;
  return ok;
}

void pjrt_release(pjrt_bytes *bytes) {
  if (bytes->release) bytes->release(bytes->owner);
}
