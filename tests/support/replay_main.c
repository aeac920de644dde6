/* Gives a fuzz target every file of a directory once, for builds without libFuzzer. */
#include "base/file.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#define INPUT_LIMIT (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static enum err input_replay(const char *path, struct why *why)
{
    struct text input = {0};
    enum err e = file_read(path, INPUT_LIMIT, &input, why);
    if (e == OK)
        LLVMFuzzerTestOneInput((const uint8_t *)text_str(&input), input.used);
    text_fini(&input);
    return e;
}

static enum err directory_replay(const char *path, size_t *count, struct why *why)
{
    struct text name = {0};
    struct stat st;
    enum err e = OK;
    DIR *dir = opendir(path);
    if (dir == NULL)
        return why_set(why, E_IO, "%s cannot be opened", path);
    for (struct dirent *entry; e == OK && (entry = readdir(dir)) != NULL;) {
        text_fini(&name);
        text_printf(&name, "%s/%s", path, entry->d_name);
        if (stat(text_str(&name), &st) != 0 || !S_ISREG(st.st_mode))
            continue;
        e = input_replay(text_str(&name), why);
        *count += 1;
    }
    text_fini(&name);
    closedir(dir);
    return e;
}

int main(int argc, char **argv)
{
    struct why why = {0};
    size_t count = 0;
    char line[600];
    if (argc != 2)
        return 2;
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    if (directory_replay(argv[1], &count, &why) != OK) {
        fprintf(stderr, "%s\n", why_line(&why, line, sizeof line));
        return 1;
    }
    printf("%zu inputs\n", count);
    return count > 0 ? 0 : 1; /* no seeds is no test */
}
