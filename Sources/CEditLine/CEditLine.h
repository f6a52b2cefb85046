#pragma once

#include <histedit.h>
#include <stdio.h>

// Swift calls no function whose arguments vary in number.

static inline void CEditLine_setClient(EditLine *_Nonnull editor, void *_Nonnull client) {
    el_set(editor, EL_CLIENTDATA, client);
}

static inline void *_Nullable CEditLine_client(EditLine *_Nonnull editor) {
    void *client = NULL;
    el_get(editor, EL_CLIENTDATA, &client);
    return client;
}

static inline void CEditLine_setPrompt(EditLine *_Nonnull editor, char *_Nullable (*_Nonnull prompt)(EditLine *_Nullable)) {
    el_set(editor, EL_PROMPT, prompt);
}

static inline void CEditLine_setReader(EditLine *_Nonnull editor, int (*_Nonnull reader)(EditLine *_Nullable, wchar_t *_Nullable)) {
    el_set(editor, EL_GETCFN, reader);
}

/// Keys as in Emacs; Ctrl-C is a key, not a signal.
static inline void CEditLine_setKeys(EditLine *_Nonnull editor) {
    el_set(editor, EL_EDITOR, "emacs");
    el_set(editor, EL_SETTY, "-d", "-isig", NULL);
    el_set(editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
}

static inline void CEditLine_bind(EditLine *_Nonnull editor, const char *_Nonnull key, const char *_Nonnull name,
                                  unsigned char (*_Nonnull function)(EditLine *_Nullable, int)) {
    el_set(editor, EL_ADDFN, name, name, function);
    el_set(editor, EL_BIND, key, name, NULL);
}

/// By itself libedit does so only after it has printed the prompt: what is typed in between would be echoed twice, and Ctrl-C a signal.
static inline void CEditLine_takeTerminal(EditLine *_Nonnull editor) {
    el_set(editor, EL_PREP_TERM, 1);
}

static inline void CEditLine_redraw(EditLine *_Nonnull editor) {
    el_set(editor, EL_REFRESH);
}

static inline void CEditLine_useHistory(EditLine *_Nonnull editor, History *_Nonnull lines, int limit) {
    HistEvent event;
    history(lines, &event, H_SETSIZE, limit);
    history(lines, &event, H_SETUNIQUE, 1);
    el_set(editor, EL_HIST, history, lines);
}

static inline void CEditLine_remember(History *_Nonnull lines, const char *_Nonnull line) {
    HistEvent event;
    history(lines, &event, H_ENTER, line);
}
