(* SPDX-License-Identifier: MIT

   peer.ml - OCaml: Fun.protect, raise_notrace and try. *)

type thing = {
  mutable broken : bool;
  mutable whole : bool;
  mutable acquired : int;
  mutable used : int;
  mutable released : int;
  mutable caught : int;
}

exception Failure_of_thing

let thing =
  { broken = false; whole = false; acquired = 0; used = 0; released = 0;
    caught = 0 }

let numbers = ref 0
let digest = ref 0

let[@inline never] acquire t =
  if t.broken then raise_notrace Failure_of_thing;
  t.acquired <- t.acquired + 1

let[@inline never] use t =
  if t.broken then raise_notrace Failure_of_thing;
  t.used <- t.used + 1

let[@inline never] release t = t.released <- t.released + 1

let[@inline never] release_number number =
  digest := (!digest * 3) + number;
  incr numbers

let[@inline never] defer_1 t =
  acquire t;
  Fun.protect ~finally:(fun () -> release t) (fun () -> use t)

let[@inline never] defer_4 t =
  let finally () = release t in
  acquire t;
  Fun.protect ~finally (fun () ->
      acquire t;
      Fun.protect ~finally (fun () ->
          acquire t;
          Fun.protect ~finally (fun () ->
              acquire t;
              Fun.protect ~finally (fun () -> use t))))

let[@inline never] defer_bare t =
  t.acquired <- t.acquired + 1;
  Fun.protect ~finally:(fun () -> release t) Sys.opaque_identity

(* Calls on a stack of their own, for Fun.protect has a place for one. *)
let[@inline never] loop count =
  let calls = ref [] in
  Fun.protect
    ~finally:(fun () -> List.iter (fun call -> call ()) !calls)
    (fun () ->
      for i = 0 to count - 1 do
        calls := (fun () -> release_number i) :: !calls
      done)

(* ---- Failing ---- *)

let[@inline never] breaks t =
  if not t.whole then raise_notrace Failure_of_thing

let[@inline never] breaks_literal t =
  if not t.whole then raise_notrace (Failure "broken")

let[@inline never] breaks_formatted t =
  if not t.whole then
    let order = if t.broken then 4712 else 4711 in
    raise_notrace
      (Failure (Printf.sprintf "broken: order %d of %s" order "somebody"))

let[@inline never] landing t =
  try use t with Failure_of_thing -> t.caught <- t.caught + 1

let[@inline never] panic_caught t =
  try breaks t with Failure_of_thing -> t.caught <- t.caught + 1

let[@inline never] literal_caught t =
  try breaks_literal t with Failure _ -> t.caught <- t.caught + 1

let[@inline never] formatted_caught t =
  try breaks_formatted t with Failure _ -> t.caught <- t.caught + 1

let[@inline never] rec frame t depth =
  acquire t;
  Fun.protect
    ~finally:(fun () -> release t)
    (fun () ->
      if depth > 1 then frame t (depth - 1) else breaks t;
      t.used <- t.used + 1)

let[@inline never] rec bare_frame t depth =
  if depth > 1 then bare_frame t (depth - 1) else breaks t;
  t.used <- t.used + 1

let[@inline never] frames t depth =
  try frame t depth with Failure_of_thing -> t.caught <- t.caught + 1

let[@inline never] bare_frames t depth =
  try bare_frame t depth with Failure_of_thing -> t.caught <- t.caught + 1

(* Name; what one iteration releases, catches, and runs in a loop. *)
let workloads =
  [
    ("defer-1", 1, 0, 0, fun n -> for _ = 1 to n do defer_1 thing done);
    ("defer-4", 4, 0, 0, fun n -> for _ = 1 to n do defer_4 thing done);
    ("defer-bare", 1, 0, 0, fun n -> for _ = 1 to n do defer_bare thing done);
    ( "loop-1000", 0, 0, 1000,
      fun n -> for _ = 1 to n do digest := 0; loop 1000 done );
    ( "loop-1000000", 0, 0, 1000000,
      fun n -> for _ = 1 to n do digest := 0; loop 1000000 done );
    ("landing", 0, 0, 0, fun n -> for _ = 1 to n do landing thing done);
    ("panic", 0, 1, 0, fun n -> for _ = 1 to n do panic_caught thing done);
    ("frames-10", 10, 1, 0, fun n -> for _ = 1 to n do frames thing 10 done);
    ("frames-100", 100, 1, 0, fun n -> for _ = 1 to n do frames thing 100 done);
    ( "bare-100", 0, 1, 0,
      fun n -> for _ = 1 to n do bare_frames thing 100 done );
    ( "message-literal", 0, 1, 0,
      fun n -> for _ = 1 to n do literal_caught thing done );
    ( "message-formatted", 0, 1, 0,
      fun n -> for _ = 1 to n do formatted_caught thing done );
  ]

let expect condition what =
  if not condition then (
    prerr_endline ("wrong: " ^ what);
    exit 1)

(* The digest of calls of release_number, last in first out. *)
let digest_of count =
  let expected = ref 0 in
  for i = count - 1 downto 0 do
    expected := (!expected * 3) + i
  done;
  !expected

let reset () =
  thing.acquired <- 0;
  thing.used <- 0;
  thing.released <- 0;
  thing.caught <- 0;
  numbers := 0

let measure (_, released, caught, in_loop, run) n =
  run 1;
  reset ();
  let begins = Unix.gettimeofday () in
  run n;
  let elapsed = (Unix.gettimeofday () -. begins) *. 1e9 in
  expect (thing.acquired = thing.released) "not all was released";
  expect (thing.released = released * n) "cleanups were skipped";
  expect (thing.caught = caught * n) "failures were not caught";
  expect (!numbers = in_loop * n) "calls of the loop were skipped";
  expect
    (in_loop = 0 || !digest = digest_of in_loop)
    "calls of the loop were not run last in first out";
  Printf.printf "ns=%.3f\n" (elapsed /. float_of_int n)

let () =
  let is name (other, _, _, _, _) = name = other in
  match Sys.argv with
  | [| _; "--list" |] ->
      List.iter (fun (name, _, _, _, _) -> print_endline name) workloads
  | [| _; name; n |] ->
      measure (List.find (is name) workloads) (int_of_string n)
  | _ -> ()
