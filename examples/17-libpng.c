/* SPDX-License-Identifier: MIT */
/*
 * 17-libpng.c - a library that reports errors by longjmp, out of callbacks
 * that have calls pending: they run before the jump, and behind it the error
 * is a panic.
 */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <png.h>

#include <ripcord/short.h>

struct bytes {
    png_byte data[1024];
    size_t size, used;
};

struct reader {
    struct bytes *bytes;
    ripcord_mark mark;
    char message[80];
};

static int blocks;

static void release(void *block)
{
    free(block);
    blocks--;
}
RIPCORD_DEFERRABLE(release, void *)

/* libpng calls this at its first error: the last moment before the jump. */
static void on_error(png_structp png, png_const_charp message)
{
    struct reader *reader = png_get_error_ptr(png);
    (void)snprintf(reader->message, sizeof reader->message, "%s", message);
    ripcord_unwind(&reader->mark);
    png_longjmp(png, 1);
}

/* The bytes come through a block of memory, as if they had to be decoded. */
static void take(png_structp png, png_bytep to, size_t count)
{
    struct bytes *bytes = ((struct reader *)png_get_io_ptr(png))->bytes;
    png_byte *block = must_malloc(count);
    blocks++;
    defer(release, block);
    if (bytes->size - bytes->used < count)
        png_error(png, "the file ends early");  /* jumps over the defer */
    memcpy(block, bytes->data + bytes->used, count);
    bytes->used += count;
    memcpy(to, block, count);
}

static void destroy(png_structp png, png_infop info)
{
    png_destroy_read_struct(&png, &info, NULL);
    puts("  reader destroyed");
}
RIPCORD_DEFERRABLE(destroy, png_structp, png_infop)

/* Returns the sum of all pixels; panics if there is anything wrong. */
static int sum_of_pixels(struct bytes *bytes)
{
    struct reader reader = { .bytes = bytes };
    png_structp png = must(png_create_read_struct(
        PNG_LIBPNG_VER_STRING, &reader, on_error, NULL));
    png_infop info = png_create_info_struct(png);
    defer(destroy, png, info);
    png_set_read_fn(png, &reader, take);

    reader.mark = RIPCORD_MARK();
    if (setjmp(png_jmpbuf(png)) != 0)
        panic("%s", reader.message);
    png_read_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);

    int sum = 0;
    for (png_uint_32 y = 0; y < png_get_image_height(png, info); y++)
        for (png_uint_32 x = 0; x < png_get_image_width(png, info); x++)
            sum += png_get_rows(png, info)[y][x];
    return sum;
}

/* A picture to read. */
static void draw(struct bytes *bytes)
{
    static const png_byte pixels[2][2] = { { 10, 20 }, { 30, 40 } };
    png_image image = { .version = PNG_IMAGE_VERSION, .width = 2, .height = 2,
                        .format = PNG_FORMAT_GRAY };

    if (!png_image_write_to_memory(&image, bytes->data, &bytes->size, 0,
                                   pixels, 0, NULL))
        panic("%s", image.message);
}

static void try_to_read(const char *title, struct bytes bytes)
{
    puts(title);
    attempt () {
        printf("  sum of pixels: %d\n", sum_of_pixels(&bytes));
    } rescue (p) {
        printf("  rescued: %s\n", p->message);
    }
    printf("  blocks left: %d\n", blocks);
}

int main(void)
{
    struct bytes bytes = { .size = sizeof bytes.data };
    draw(&bytes);
    try_to_read("as it was drawn", bytes);
    bytes.data[bytes.size - 20]++;
    try_to_read("with a wrong byte", bytes);
    bytes.size -= 30;
    try_to_read("cut off", bytes);
    return 0;
}
