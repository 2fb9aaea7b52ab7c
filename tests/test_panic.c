/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

static const ripcord_kind SHOP = RIPCORD_KIND("shop", NULL);
static const ripcord_kind NO_STOCK = RIPCORD_KIND("no stock", &SHOP);
static const ripcord_kind OTHER = RIPCORD_KIND("other", NULL);

START_TEST(a_panic_carries_where_it_was_raised)
{
    volatile int line = 0;
    attempt () {
        line = __LINE__ + 1;
        panic("p");
    } rescue (p) {
        ck_assert_int_eq(p->line, line);
        ck_assert_ptr_nonnull(strstr(p->file, "test_panic.c"));
        ck_assert_ptr_nonnull(strstr(p->function, "a_panic_carries"));
        ck_assert_ptr_eq(p->kind, &RIPCORD_PLAIN);
        ck_assert_int_eq(p->code, 0);
        ck_assert_int_eq(p->error, 0);
        ck_assert_ptr_null(p->value);
        ck_assert_ptr_null(p->replaced.kind);
        ck_assert_uint_eq(p->replaced.count, 0);
    }
}
END_TEST

START_TEST(messages_are_formatted_or_copied)
{
    char buffer[] = "text";
    attempt () {
        panic("%s %d%%", buffer, 7);
    } rescue (p) {
        memset(buffer, 'x', 4);
        ck_assert_str_eq(p->message, "text 7%");
    }
    attempt () {
        panic("%s", "");
    } rescue (p) {
        ck_assert_str_eq(p->message, "");
    }
}
END_TEST

/* Longer than a message, and without a conversion. */
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

START_TEST(a_format_alone_is_a_format_too)
{
    attempt () {
        panic("100%% of it");
    } rescue (p) {
        ck_assert_str_eq(p->message, "100% of it");
    }
    attempt () {
        panic(HUNDRED HUNDRED HUNDRED);
    } rescue (p) {
        ck_assert_uint_eq(strlen(p->message), RIPCORD_MESSAGE_SIZE - 1);
        ck_assert_str_eq(p->message + 250, "01...");
    }
}
END_TEST

/* A format that is known at run time only, as a binding has it. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void panics_with_text(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    ripcord_vpanic(__FILE__, __LINE__, __func__, NULL, format, arguments);
}
#pragma GCC diagnostic pop

static void check_length(size_t length, bool formatted, size_t kept)
{
    char text[1000];
    memset(text, 'x', sizeof text);
    text[length] = '\0';
    attempt () {
        if (formatted)
            panic("%s", text);
        panics_with_text(text);
    } rescue (p) {
        bool cut = kept < length;
        ck_assert_uint_eq(strlen(p->message), kept);
        ck_assert_str_eq(p->message + kept - 4, cut ? "x..." : "xxxx");
    }
}

START_TEST(long_messages_are_cut_and_marked)
{
    for (int formatted = 0; formatted < 2; formatted++) {
        check_length(254, formatted != 0, 254);
        check_length(255, formatted != 0, 255);
        check_length(256, formatted != 0, 255);
        check_length(999, formatted != 0, 255);
    }
}
END_TEST

START_TEST(a_cut_does_not_split_a_character)
{
    /* The byte 252 of the message, where the mark would begin, is the second
       one of a character of three bytes. */
    char text[400] = "";
    memset(text, 'x', 251);
    for (int i = 0; i < 20; i++)
        strcat(text, "\xe2\x82\xac");
    attempt () {
        panic("%s", text);
    } rescue (p) {
        ck_assert_uint_eq(strlen(p->message), 251 + 3);
        ck_assert_str_eq(p->message + 250, "x...");
    }
}
END_TEST

START_TEST(a_null_format_is_gos_panic_of_nil)
{
    attempt () {
        panics_with_text(NULL);
    } rescue (p) {
        ck_assert_str_eq(p->message, "panic called with nil argument");
        ck_assert(ripcord_panic_is(p, &RIPCORD_RUNTIME_ERROR));
    }
}
END_TEST

START_TEST(kinds_have_parents)
{
    attempt () {
        panic_as(&NO_STOCK, "none of %d", 3);
    } rescue (p) {
        ck_assert(panic_is(p, &NO_STOCK));
        ck_assert(panic_is(p, &SHOP));
        ck_assert(!panic_is(p, &OTHER));
        ck_assert(!panic_is(p, &RIPCORD_PLAIN));
        ck_assert(!panic_is(p, NULL));
        ck_assert_str_eq(p->message, "none of 3");
        ck_assert_str_eq(p->kind->name, "no stock");
    }
    ck_assert(!panic_is(NULL, &SHOP));
    attempt () {
        panic_as(NULL, "p");
    } rescue (p) {
        ck_assert_ptr_eq(p->kind, &RIPCORD_PLAIN);
    }
}
END_TEST

START_TEST(a_panic_carries_a_code_or_a_value)
{
    int thing = 5;
    attempt () {
        panic_code(&SHOP, 42, "code %d", 42);
    } rescue (p) {
        ck_assert_int_eq(p->code, 42);
        ck_assert_str_eq(p->message, "code 42");
        ck_assert_ptr_eq(p->kind, &SHOP);
    }
    attempt () {
        panic_value(&SHOP, &thing, "value");
    } rescue (p) {
        ck_assert_ptr_eq(p->value, &thing);
        ck_assert_int_eq(p->code, 0);
    }
}
END_TEST

START_TEST(panic_errno_says_what_errno_means)
{
    attempt () {
        errno = ENOENT;
        panic_errno("open %s", "book");
    } rescue (p) {
        ck_assert_str_eq(p->message, "open book: No such file or directory");
        ck_assert_int_eq(p->error, ENOENT);
        ck_assert_int_eq(errno, ENOENT);
        ck_assert(panic_is(p, &RIPCORD_SYSTEM_ERROR));
    }
    attempt () {
        errno = 4095;
        panic_errno("odd");
    } rescue (p) {
        ck_assert_str_eq(p->message, "odd: error 4095");
    }
    attempt () {
        errno = EIO;
        panic_errno("%s", "");
    } rescue (p) {
        ck_assert_str_eq(p->message, "Input/output error");
    }
}
END_TEST

static RIPCORD__PRINTF(1, 2) void wrapper(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    ripcord_vpanic("book.csv", 12, "line", &SHOP, format, arguments);
}

START_TEST(a_wrapper_can_panic_at_a_place_of_its_own)
{
    attempt () {
        wrapper("bad %s", "field");
    } rescue (p) {
        ck_assert_str_eq(p->message, "bad field");
        ck_assert_str_eq(p->file, "book.csv");
        ck_assert_int_eq(p->line, 12);
        ck_assert_str_eq(p->function, "line");
        ck_assert_ptr_eq(p->kind, &SHOP);
    }
}
END_TEST

/* ---- several panics ---- */

static void panics(const char *message)
{
    panic_as(&SHOP, "%s", message);
}
RIPCORD_DEFERRABLE(panics, const char *)

START_TEST(a_panic_in_a_deferred_call_replaces_the_one_that_runs_it)
{
    volatile int line = 0;
    attempt () {
        defer(trace, "rest");
        defer(panics, "second");
        line = __LINE__ + 1;
        panic("first");
    } rescue (p) {
        ck_assert_str_eq(p->message, "second");
        ck_assert_str_eq(p->replaced.message, "first");
        ck_assert_int_eq(p->replaced.line, line);
        ck_assert_ptr_eq(p->replaced.kind, &RIPCORD_PLAIN);
        ck_assert_uint_eq(p->replaced.count, 1);
    }
    ck_traced("rest");
}
END_TEST

START_TEST(a_chain_of_panics_keeps_the_newest_two_and_a_count)
{
    attempt () {
        defer(panics, "fourth");
        defer(panics, "third");
        defer(panics, "second");
        panic("first");
    } rescue (p) {
        ripcord_panic copy = *p;
        ck_assert_str_eq(copy.message, "fourth");
        ck_assert_str_eq(copy.replaced.message, "third");
        ck_assert_uint_eq(copy.replaced.count, 3);
    }
    attempt () {
        panic("alone");
    } rescue (p) {
        ck_assert_uint_eq(p->replaced.count, 0);
    }
}
END_TEST

START_TEST(a_long_replaced_message_is_cut_and_marked)
{
    char text[200];
    memset(text, 'x', sizeof text);
    text[199] = '\0';
    attempt () {
        defer(panics, "newer");
        panic("%s", text);
    } rescue (p) {
        ck_assert_uint_eq(strlen(p->replaced.message),
                          RIPCORD_REPLACED_SIZE - 1);
        ck_assert_str_eq(p->replaced.message + RIPCORD_REPLACED_SIZE - 5,
                         "x...");
    }
}
END_TEST

static void recovers_then_panics(ripcord_panic *p)
{
    if (recover(p))
        panic("instead of %s", p->message);
}
RIPCORD_RECOVERER(recovers_then_panics)

START_TEST(a_recoverer_may_recover_and_panic_anew)
{
    attempt () {
        recoverable () {
            defer(trace, "rest");
            defer(recovers_then_panics);
            panic("first");
        }
        trace("not reached");
    } rescue (p) {
        ck_assert_str_eq(p->message, "instead of first");
        ck_assert_str_eq(p->replaced.message, "first");
    }
    ck_traced("rest");
}
END_TEST

START_TEST(a_recovery_drops_the_older_panics_of_its_frame)
{
    recoverable () {
        defer(trace_recovery);
        defer(panics, "second");
        panic("first");
    }
    attempt () {
        panic("later");
    } rescue (p) {
        ck_assert_uint_eq(p->replaced.count, 0);
    }
    ck_traced("recovered:second");
}
END_TEST

/* ---- panic_again ---- */

static void passes_on(ripcord_panic *p)
{
    if (recover(p))
        panic_again(p);
}
RIPCORD_RECOVERER(passes_on)

START_TEST(panic_again_keeps_everything_it_carried)
{
    int thing;
    volatile int line = 0;
    attempt () {
        recoverable () {
            defer(trace, "rest");
            defer(passes_on);
            line = __LINE__ + 1;
            panic_value(&NO_STOCK, &thing, "original");
        }
        trace("not reached");
    } rescue (p) {
        ck_assert_str_eq(p->message, "original");
        ck_assert_int_eq(p->line, line);
        ck_assert_ptr_eq(p->kind, &NO_STOCK);
        ck_assert_ptr_eq(p->value, &thing);
        ck_assert_uint_eq(p->replaced.count, 0);
    }
    ck_traced("rest");
}
END_TEST

START_TEST(panic_again_keeps_errno_as_it_is_then)
{
    attempt () {
        attempt () {
            errno = EDOM;
            panic("p");
        } rescue (p) {
            errno = EXDEV;
            panic_again(p);
        }
    } rescue (p) {
        ck_assert_int_eq(errno, EXDEV);
    }
}
END_TEST

static ripcord_panic saved;

static void saves(ripcord_panic *p)
{
    if (recover(p))
        saved = *p;
}
RIPCORD_RECOVERER(saves)

static void only_saves(ripcord_panic *p)
{
    if (p)
        saved = *p;
}
RIPCORD_RECOVERER(only_saves)

static void repeats(ripcord_panic *p)
{
    attempt () {
        panic_again(p);
    } rescue (again) {
        ck_assert_uint_eq(again->replaced.count, 0);
    }
    attempt () {
        defer(trace, "on the way");
        panic_again(p);
    } rescue (again) {
        ck_assert_uint_eq(again->replaced.count, 0);
    }
    trace_recovery(p);
}
RIPCORD_RECOVERER(repeats)

START_TEST(panic_again_replaces_nothing_however_near_it_lands)
{
    recoverable () {
        defer(repeats);
        panic("first");
    }
    ck_traced("on the way recovered:first");
}
END_TEST

START_TEST(a_panic_can_be_raised_again_from_a_rescue_or_a_copy)
{
    attempt () {
        attempt () {
            panic("first");
        } rescue (p) {
            saved = *p;
            panic_again(p);
        }
    } rescue (p) {
        trace(p->message);
    }
    attempt () {
        panic_again(&saved);
    } rescue (p) {
        trace(p->message);
    }
    recoverable () {
        defer(saves);
        panic("second");
    }
    attempt () {
        panic_again(&saved);
    } rescue (p) {
        trace(p->message);
    }
    recoverable () {
        defer(trace_recovery);
        defer(only_saves);
        panic("third");
    }
    attempt () {
        panic_again(&saved);
    } rescue (p) {
        trace(p->message);
    }
    ck_traced("first first second recovered:third third");
}
END_TEST

RUN_SUITE("panic",
          a_panic_carries_where_it_was_raised,
          messages_are_formatted_or_copied,
          a_format_alone_is_a_format_too,
          long_messages_are_cut_and_marked,
          a_cut_does_not_split_a_character,
          a_null_format_is_gos_panic_of_nil,
          kinds_have_parents,
          a_panic_carries_a_code_or_a_value,
          panic_errno_says_what_errno_means,
          a_wrapper_can_panic_at_a_place_of_its_own,
          a_panic_in_a_deferred_call_replaces_the_one_that_runs_it,
          a_chain_of_panics_keeps_the_newest_two_and_a_count,
          a_long_replaced_message_is_cut_and_marked,
          a_recoverer_may_recover_and_panic_anew,
          a_recovery_drops_the_older_panics_of_its_frame,
          panic_again_keeps_everything_it_carried,
          panic_again_keeps_errno_as_it_is_then,
          panic_again_replaces_nothing_however_near_it_lands,
          a_panic_can_be_raised_again_from_a_rescue_or_a_copy)
