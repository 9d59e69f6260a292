// On the phone a settings area's sections are one row that scrolls: show the current one.
for (const row of document.querySelectorAll(".sections")) {
  const current = row.querySelector("[aria-current=page]");
  const scroller = [row, ...row.querySelectorAll(".nav__list")].find((element) => element.scrollWidth > element.clientWidth);
  if (current && scroller && !scroller.scrollLeft) scroller.scrollLeft = current.offsetLeft - scroller.offsetLeft - (scroller.clientWidth - current.offsetWidth) / 2;
}
