// The table's columns keep their widths in the browser's storage, unless there is none.
Object.defineProperty(window, "sessionStorage", {
  get() { throw new Error("Nothing is kept here."); },
});
