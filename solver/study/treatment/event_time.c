/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TIME of a record as the study's clock has it: hours, a clock, a date; times that begin
 * again; times before 0. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/time.h"
#include "solver/study/treatment/event_table.h"

/* "13:30" or "13:30:15" in h.  @return 1; 0: not of this form */
static int parse_clock(const char *text, double *hours)
{
    int h, m, s = 0, end = -1;

    if (text[0] < '0' || text[0] > '9')
        return 0;
    if (sscanf(text, "%3d:%2d%n", &h, &m, &end) != 2 || end < 0)
        return 0;
    if (text[end] == ':') {
        int from = end + 1;
        if (sscanf(text + from, "%2d%n", &s, &end) != 1)
            return 0;
        end += from;
    }
    if (text[end] != '\0' || h < 0 || h > 24 || m < 0 || m > 59 || s < 0 || s > 59)
        return 0;
    *hours = (double)h + (double)(m * 60 + s) / 3600.0;
    return 1;
}

/* Days of a date since 1970 in the Gregorian calendar: years begin in March, so that the
 * day of a leap year is their last.  @return 1; 0: there is no such day */
static int days_of(int year, int month, int day, double *days)
{
    static const int length[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    long y = month > 2 ? year : year - 1L, m = month > 2 ? month - 3L : month + 9L;

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > length[month - 1] || (month == 2 && day == 29 && !leap))
        return 0;
    *days = (double)(365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1);
    return 1;
}

/* Three numbers in the order of the column, or the number of a day. */
static int parse_date(const char *text, enum pn_event_field field, double *days)
{
    /* where year, month and day stand */
    static const unsigned char order[][3] = {
        {2, 0, 1},
        {2, 1, 0},
        {0, 1, 2},
        {0, 2, 1}
    };
    const unsigned char *at = order[field - PN_FIELD_DATE];
    const char *rest = "";
    int part[3], end = -1, year;
    char by;

    if (pn_number_parse(text, &rest, days) == PN_NUMBER && *rest == '\0')
        return fabs(*days) < 1e9 && *days == floor(*days);
    if (sscanf(text, "%4d%c%2d%*c%4d%n", &part[0], &by, &part[1], &part[2], &end) != 4 ||
        end < 0 || text[end] != '\0' || !strchr("/-.", by) || !strchr("/-.", by))
        return 0;
    if (part[0] > 31 && at[0] != 0) /* 2024-01-31 */
        at = order[2];
    year = part[at[0]];
    year += year < 0 ? 0 : year < 50 ? 2000 : year < 100 ? 1900 : 0;
    return days_of(year, part[at[1]], part[at[2]], days);
}

static int read_date(struct pn_study_reader *r, const struct pn_record *record,
                     double *hours)
{
    struct pn_event_table *t = r->table;
    enum pn_event_field field = t->clock.date;
    const char *text = record->text[field];
    double days = 0.0;

    if (!text)
        return !pn_complain(r->text.list, record->place[field], "the record has no %s",
                            pn_event_columns[field].name);
    if (!parse_date(text, field, &days))
        return !pn_complain(r->text.list, record->place[field],
                            "%s must be a date (DATE month/day/year, DAT1 "
                            "day/month/year, DAT2 year/month/day, DAT3 year/day/month) "
                            "or the number of a day, found '%.40s'",
                            pn_event_columns[field].name, text);
    *hours = 24.0 * days;
    return 1;
}

/* A number in the column's unit. */
static int read_number(struct pn_study_reader *r, const char *text, struct pn_place place,
                       double *time)
{
    const char *rest = "";
    enum pn_number is = pn_number_parse(text, &rest, time);

    if (is == PN_NUMBER && *rest == '\0') {
        *time *= r->table->hours[PN_FIELD_TIME];
        if (isfinite(*time))
            return 1;
        is = PN_NOT_FINITE;
    }
    return !pn_complain(
        r->text.list, place, "TIME must be %s, found '%.40s'",
        is == PN_NOT_FINITE ? "a finite number" : "a number or a clock (13:30)", text);
}

/* The hour of the day beside a date. */
static int read_hour(struct pn_study_reader *r, const struct pn_record *record,
                     double *time)
{
    const char *text = record->text[PN_FIELD_TIME];
    struct pn_place place = record->place[PN_FIELD_TIME];
    double days = 0.0;

    if (!parse_clock(text, time)) {
        if (!read_number(r, text, place, time))
            return 0;
        if (!(*time >= 0.0 && *time <= 24.0))
            return !pn_complain(r->text.list, place,
                                "TIME = %g h is no hour of the day: beside %s it must be "
                                "one; where it is the time since a start, leave out the "
                                "date: columns: {%s: drop}",
                                *time, pn_event_columns[r->table->clock.date].name,
                                pn_event_columns[r->table->clock.date].name);
        if (pn_event_first(r->table, PN_TOLD_HOUR))
            pn_warn(
                r->text.list, place,
                "TIME beside %s is the hour of the day, as NONMEM has it; where it is "
                "the time since a start, leave out the date: columns: {%s: drop}",
                pn_event_columns[r->table->clock.date].name,
                pn_event_columns[r->table->clock.date].name);
    }
    if (!read_date(r, record, &days))
        return 0;
    *time += days;
    return 1;
}

/* A clock without a date that goes back shows the next day. */
static void next_day(struct pn_study_reader *r, struct pn_place place, int is_first,
                     double *time)
{
    struct pn_event_clock *clock = &r->table->clock;

    if (is_first)
        clock->days = 0.0;
    *time += clock->days;
    if (is_first || *time >= clock->last)
        return;
    *time += 24.0;
    clock->days += 24.0;
    if (pn_event_first(r->table, PN_TOLD_CLOCK))
        pn_warn(
            r->text.list, place,
            "the clock goes back: it is taken for that of the next day (a column DATE "
            "would say it)");
}

/* Hours since the patient's first record where days and clocks are given, else as they
 * are.  @return 0: complained */
static int read_hours(struct pn_study_reader *r, const struct pn_record *record,
                      int is_first, double *time)
{
    struct pn_event_clock *clock = &r->table->clock;
    const char *text = record->text[PN_FIELD_TIME];
    struct pn_place place = record->place[PN_FIELD_TIME];

    if (!text)
        return !pn_complain(r->text.list, place, "the record has no TIME");
    if (clock->date < PN_N_FIELDS) {
        if (!read_hour(r, record, time))
            return 0;
    } else {
        int is_clock = parse_clock(text, time);
        if (!is_clock && !read_number(r, text, place, time))
            return 0;
        if (clock->is_known && clock->is_clock != is_clock)
            return !pn_complain(r->text.list, place,
                                "TIME is %s here and %s before: it must be one of them",
                                is_clock ? "a clock" : "a number",
                                is_clock ? "a number" : "a clock");
        clock->is_known = 1;
        clock->is_clock = is_clock;
        if (!is_clock)
            return 1;
        next_day(r, place, is_first, time);
    }
    if (is_first)
        clock->first = *time;
    clock->last = *time;
    *time = pn_rounded(*time - clock->first);
    return 1;
}

/* TIME that begins again: the clock of the study goes on from the last record. */
static int begins_again(struct pn_study_reader *r, const struct pn_record *record,
                        const struct pn_event *before, const struct pn_event *e,
                        double time)
{
    struct pn_event_clock *clock = &r->table->clock;
    int resets = e->evid == PN_EVID_RESET || e->evid == PN_EVID_RESET_DOSE;

    if (!resets && e->occasion == before->occasion)
        return !pn_complain(
            r->text.list, record->place[PN_FIELD_TIME],
            "TIME goes back from %.17g h in line %d to %.17g h: the records of "
            "a patient stand in the order of time; it begins again only "
            "at EVID 3 or 4, or where OCC changes",
            before->time - clock->offset, before->place.line, time);
    if (pn_event_first(r->table, resets ? PN_TOLD_AGAIN : PN_TOLD_PERIOD))
        pn_warn(r->text.list, record->place[PN_FIELD_TIME],
                "TIME begins again at %s: the clock of the study goes on from %g h%s",
                resets ? "the reset" : "a new OCC", before->time,
                resets ? "" : ", and the drugs begin anew, as with EVID 3");
    clock->offset = before->time - time;
    clock->new_period = !resets;
    return 1;
}

int pn_read_time(struct pn_study_reader *r, const struct pn_record *record,
                 const struct pn_event *before, struct pn_event *e)
{
    struct pn_event_clock *clock = &r->table->clock;
    double time = 0.0;

    clock->new_period = 0;
    if (!before)
        clock->offset = 0.0;
    if (!read_hours(r, record, !before, &time))
        return 0;
    e->time = clock->offset + time;
    if (!before || e->time >= before->time)
        return 1;
    if (!(clock->offset != 0.0 && pn_same_time(e->time, before->time)) &&
        !begins_again(r, record, before, e, time))
        return 0;
    e->time = before->time;
    return 1;
}

void pn_events_from_zero(struct pn_study_reader *r)
{
    struct pn_events *events = r->table->events;
    const struct pn_event *first = NULL;
    double earliest = 0.0;

    for (size_t i = 0; i < events->n_events; i++)
        if (events->event[i].time < earliest) {
            first = &events->event[i];
            earliest = first->time;
        }
    if (!first)
        return;
    pn_warn(r->text.list, first->place,
            "TIME = %g h is before 0: the clock of the study begins there, and TIME 0 is "
            "its %g h",
            earliest, -earliest);
    for (size_t i = 0; i < events->n_events; i++)
        events->event[i].time = pn_rounded(events->event[i].time - earliest);
}
